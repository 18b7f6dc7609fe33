import Foundation
import PladHTTP
import PladHub
import PladRecords
import PladTestSupport
import Testing

/// Models fetched from a Hub that serves well, and from ones that do not.
@Suite struct HubPullTests {
    private let weights = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    private var model: LoopbackHub.Model {
        LoopbackHub.Model(files: [
            "config.json": Array("{\"model_type\":\"llama\"}".utf8), "tokenizer.json": Array("{}".utf8), "model.safetensors": weights,
            "pytorch_model.bin": [1, 2, 3], "README.md": [35],
        ])
    }

    /// Pulls org/name and gives the folder's content by name.
    @discardableResult
    private func pull(
        _ hub: LoopbackHub, into root: URL, token: String? = nil, bytes: Locked<Int> = Locked(0)
    ) async throws -> [String: Data] {
        let client = HubClient(
            endpoint: hub.hub.url + "/", transport: try HTTPClient(limits: TransportLimits(bodyBytes: 100_000)),
            token: try token.map { try Credential($0, source: "test") }, policy: RetryPolicy(attempts: 3, base: .zero))
        let pull = HubPull(client, into: HubCache(root))
        let folder = try await pull(try await pull.plan(try HubModel("org/name"))) { count in bytes.withLock { $0 += count } }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return try names.reduce(into: [:]) { $0[$1] = try Data(contentsOf: folder.appendingPathComponent($1)) }
    }

    private func inFolder(_ body: (URL) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("plad-hub-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        try await body(root)
    }

    private func code(_ body: () async throws -> Void) async -> HubError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? HubError)?.code }
    }

    @Test func whatAStudentNeedsIsThereInTheUsualLayout() async throws {
        try await inFolder { root async throws in
            let hub = LoopbackHub(model)
            defer { hub.stop() }
            let bytes = Locked(0)
            let files = try await pull(hub, into: root, bytes: bytes)
            #expect(files.keys.sorted() == ["config.json", "model.safetensors", "tokenizer.json"])
            #expect(files["model.safetensors"] == Data(weights))
            #expect(bytes.withLock { $0 } == files.values.map(\.count).reduce(0, +))
            let folder = root.appendingPathComponent("models--org--name")
            #expect(try String(contentsOf: folder.appendingPathComponent("refs/main"), encoding: .utf8) == model.commit)
            let link = folder.appendingPathComponent("snapshots/\(model.commit)/model.safetensors").path
            let digest = Digest(of: Data(weights)).description
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "../../blobs/\(digest)")
            #expect(HubCache(root).snapshot(of: try HubModel("org/name"))?.lastPathComponent == model.commit)
            // A second time nothing is fetched.
            let asked = hub.store.requests.count
            try await pull(hub, into: root)
            #expect(hub.store.requests.count == asked)
        }
    }

    @Test func aFileThatBreaksOffIsGoneOnWith() async throws {
        try await inFolder { root async throws in
            // Ten thousand bytes, then the connection ends; twenty times.
            let hub = LoopbackHub(
                model,
                play: { _, start, content in
                    let range = "bytes \(start)-\(content.count - 1)/\(content.count)"
                    let head =
                        "HTTP/1.1 \(start == 0 ? 200 : 206) X\r\nContent-Range: \(range)\r\nContent-Length: \(content.count - start)\r\n\r\n"
                    return [.send(Array(head.utf8) + content[start...].prefix(10_000)), .cut]
                })
            defer { hub.stop() }
            #expect(try await pull(hub, into: root)["model.safetensors"] == Data(weights))
            #expect(hub.store.requests.count == 20)
        }
    }

    @Test func aStoppedPullIsGoneOnWithByTheNext() async throws {
        try await inFolder { root async throws in
            let digest = Digest(of: Data(weights)).description
            let partial = root.appendingPathComponent("models--org--name/blobs/\(digest).incomplete")
            try Files.makeFolder(partial.deletingLastPathComponent())
            try Data(weights[..<150_000]).write(to: partial)
            let hub = LoopbackHub(model)
            defer { hub.stop() }
            #expect(try await pull(hub, into: root)["model.safetensors"] == Data(weights))
            #expect(hub.store.requests.map { $0.head.contains("Range: bytes=150000-") } == [true])
        }
    }

    @Test(arguments: [0, 1]) func aDamagedBeginningIsFetchedAnew(kind: Int) async throws {
        try await inFolder { root async throws in
            let digest = Digest(of: Data(weights)).description
            let partial = root.appendingPathComponent("models--org--name/blobs/\(digest).incomplete")
            try Files.makeFolder(partial.deletingLastPathComponent())
            // Other bytes, or more than there should be.
            try Data(repeating: 9, count: kind == 0 ? 150_000 : 300_000).write(to: partial)
            let hub = LoopbackHub(model)
            defer { hub.stop() }
            #expect(try await pull(hub, into: root)["model.safetensors"] == Data(weights))
        }
    }

    @Test func aServerThatIgnoresRangesBeginsAnew() async throws {
        try await inFolder { root async throws in
            let hub = LoopbackHub(
                model,
                play: { number, _, content in
                    let head = "HTTP/1.1 200 X\r\nContent-Length: \(content.count)\r\n\r\n"
                    return number == 0 ? [.send(Array(head.utf8) + content.prefix(50_000)), .cut] : [.respond(200, bytes: content)]
                })
            defer { hub.stop() }
            let bytes = Locked(0)
            #expect(try await pull(hub, into: root, bytes: bytes)["model.safetensors"] == Data(weights))
            #expect(bytes.withLock { $0 } == weights.count + 24)
        }
    }

    @Test func aRangeFromAnotherPlaceIsNotTaken() async throws {
        try await inFolder { root async throws in
            let hub = LoopbackHub(
                model,
                play: { number, start, content in
                    let head = "HTTP/1.1 200 X\r\nContent-Length: \(content.count)\r\n\r\n"
                    if number == 0 { return [.send(Array(head.utf8) + content.prefix(50_000)), .cut] }
                    return start == 0 ? nil : [.respond(206, bytes: content, headers: ["Content-Range": "bytes 0-199999/200000"])]
                })
            defer { hub.stop() }
            #expect(try await pull(hub, into: root)["model.safetensors"] == Data(weights))
        }
    }

    @Test func liesAboutSizesAndContentsAreFound() async throws {
        try await inFolder { root async throws in
            // The same number of other bytes, twice; more bytes than announced; fewer, for ever.
            let lies: [@Sendable ([UInt8]) -> [LoopbackServer.Play]] = [
                { [.respond(200, bytes: $0.map { $0 ^ 1 })] }, { [.respond(200, bytes: $0 + [0])] },
            ]
            for lie in lies {
                let hub = LoopbackHub(model, play: { _, _, content in lie(content) })
                #expect(await code { try await pull(hub, into: root) } == .mismatch)
                #expect(hub.store.requests.count == 2)
                hub.stop()
            }
            let short = LoopbackHub(
                model,
                play: { _, start, content in
                    start == 0 ? [.respond(200, bytes: Array(content.dropLast()))] : [.respond(503, "")]
                })
            defer { short.stop() }
            #expect(await code { try await pull(short, into: root) } == .unreachable)
            // Nothing that is not whole and right has a name that tools look for.
            let blobs = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("models--org--name/blobs").path)
            #expect(!blobs.contains(Digest(of: Data(weights)).description))
            #expect(!Files.exists(root.appendingPathComponent("models--org--name/refs/main")))
        }
    }

    @Test func theTokenGoesToTheHubAlone() async throws {
        try await inFolder { root async throws in
            let hub = LoopbackHub(model, token: "hf_planted")
            defer { hub.stop() }
            #expect(await code { try await pull(hub, into: root) } == .refused)
            try await pull(hub, into: root, token: "hf_planted")
            #expect(hub.hub.requests.count { $0.head.contains("hf_planted") } >= 4)
            #expect(!hub.store.requests.isEmpty)
            #expect(hub.store.requests.allSatisfy { !$0.head.contains("planted") && !$0.head.contains("Authorization") })
        }
    }

    @Test(arguments: [("http://hub.example.com", false), ("https://hub.example.com", true), ("http://127.0.0.1:9", true)])
    func theTokenGoesOnlyEncryptedOrToThisMachine(endpoint: String, isSent: Bool) async throws {
        let transport = ScriptedTransport(.status(401, "{}"))
        let client = HubClient(endpoint: endpoint, transport: transport, token: try Credential("hf_planted", source: "test"))
        let pull = HubPull(client, into: HubCache(FileManager.default.temporaryDirectory))
        let error = await #expect(throws: HubError.self) { try await pull.plan(try HubModel("org/name")) }
        #expect(transport.requests.contains { $0.headers.contains(where: \.isSecret) } == isSent)
        #expect(error?.message.contains("the token was not sent, since it would go to \(endpoint) unencrypted") == !isSent)
    }

    @Test func hostileListingsAreRefused() async throws {
        try await inFolder { root async throws in
            let digest = String(repeating: "0", count: 64)
            for entry: JSONValue in [
                ["type": "file", "path": "config.json", "size": -1, "oid": .string(digest)],
                ["type": "file", "path": "config.json", "size": .int(.max), "oid": .string(digest)],
                ["type": "file", "path": "config.json", "size": .int(1 << 42 + 1), "oid": .string(digest)],
                ["type": "file", "path": "config.json", "size": 1e18, "oid": .string(digest)],
                ["type": "file", "path": "config.json", "size": "3", "oid": .string(digest)],
                ["type": "file", "path": "config.json", "size": 3, "oid": "../../../../etc/passwd"],
                ["type": "file", "path": "config.json", "size": 3, "oid": .string(digest), "lfs": ["oid": "../x", "size": 3]],
                ["type": "file", "path": "config.json", "oid": .string(digest)],
            ] {
                let hub = LoopbackHub(model, tree: { $0 = [entry] })
                #expect(await code { try await pull(hub, into: root) } == .mismatch)
                hub.stop()
            }
            // A name that leads elsewhere is none of the files that are fetched.
            let hub = LoopbackHub(model, tree: { $0.append(["type": "file", "path": "../config.json", "size": 3, "oid": "x"]) })
            defer { hub.stop() }
            #expect(try await pull(hub, into: root).count == 3)
        }
    }

    @Test func modelsWithoutSafetensorsAndUnknownOnesAreNamed() async throws {
        try await inFolder { root async throws in
            var old = model
            old.files["model.safetensors"] = nil
            let hub = LoopbackHub(old)
            defer { hub.stop() }
            let error = try await #require(throws: HubError.self) { try await pull(hub, into: root) }
            #expect(error.code == .unsuitable && error.message.contains("pytorch_model.bin"))
            let client = HubClient(endpoint: hub.hub.url, transport: try HTTPClient(), token: nil, policy: RetryPolicy(attempts: 1))
            let unknown = await code {
                _ = try await HubPull(client, into: HubCache(root)).plan(try HubModel("org/name", revision: "v9"))
            }
            #expect(unknown == .unknown)
            #expect(await code { _ = try await HubPull(client, into: HubCache(root)).plan(try HubModel("org/other")) } == .unknown)
            hub.stop()
            #expect(await code { _ = try await HubPull(client, into: HubCache(root)).plan(try HubModel("org/name")) } == .unreachable)
        }
    }

    @Test func shardsAreTakenWhereThereIsNoWholeAndNothingElse() {
        func file(_ path: String) -> HubFile { HubFile(path: path, bytes: 1, etag: "") }
        let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"].map(file)
        let others = ["consolidated.safetensors", "pytorch_model.bin", "model.fp16.safetensors", "train.py"].map(file)
        #expect(HubFile.needed(of: shards + others) == shards)
        #expect(HubFile.needed(of: shards + [file("model.safetensors")]) == [file("model.safetensors")])
    }

    @Test func theCacheIsWhereOtherToolsHaveIt() {
        #expect(HubCache(environment: ["HF_HUB_CACHE": "/a", "HF_HOME": "/b"]).root.path == "/a")
        #expect(HubCache(environment: ["HF_HOME": "/b", "XDG_CACHE_HOME": "/c"]).root.path == "/b/hub")
        #expect(HubCache(environment: ["XDG_CACHE_HOME": "/c"]).root.path == "/c/huggingface/hub")
        #expect(HubCache(environment: [:]).root.path.hasSuffix("/.cache/huggingface/hub"))
    }
}
