import CCrypto
import Foundation
import PladHub
import PladRecords
import PladTestSupport

/// A Hub of one model on a loopback port, and what it does wrong.
final class LoopbackHub: Sendable {
    struct Model: Sendable {
        /// Small files are kept as Git blobs, those named *.safetensors as large files elsewhere.
        var files: [String: [UInt8]] = [:]
        let commit = String(repeating: "c0ffee00", count: 5)
    }

    /// Large files are served by a server of their own, as from a content delivery network.
    let store: LoopbackServer
    let hub: LoopbackServer

    /// - Parameters:
    ///   - tree: changes the listing.
    ///   - play: in place of the store's own answer to request `number` for the bytes from `start` on; nil leaves it.
    init(
        _ model: Model, token: String? = nil, tree: @escaping @Sendable (inout [JSONValue]) -> Void = { _ in },
        play: @escaping @Sendable (_ number: Int, _ start: Int, _ content: [UInt8]) -> [LoopbackServer.Play]? = { _, _, _ in nil }
    ) {
        let store = LoopbackServer { number, request in
            let name = request.head.split(separator: " ")[1].dropFirst()
            guard let content = model.files[String(name)] else { return [.respond(404, "none")] }
            return play(number, Self.start(request), content) ?? [Self.file(content, from: Self.start(request))]
        }
        self.store = store
        hub = LoopbackServer { _, request in
            if let token, !(request.head + "\r\n").contains("Authorization: Bearer \(token)\r\n") {
                return [.respond(401, "{\"error\":\"no\"}", headers: ["X-Error-Code": "GatedRepo"])]
            }
            let path = String(request.head.split(separator: " ")[1])
            switch path {
            case "/api/models/org/name/revision/main": return [.respond(200, "{\"sha\":\"\(model.commit)\"}")]
            case "/api/models/org/name/tree/\(model.commit)":
                var entries = model.files.sorted { $0.key < $1.key }.map { Self.entry($0.key, $0.value) }
                entries.append(["type": "directory", "path": "onnx", "oid": "x", "size": 0])
                tree(&entries)
                return [.respond(200, JSONValue.array(entries).canonical)]
            default:
                let name = path.replacingOccurrences(of: "/org/name/resolve/\(model.commit)/", with: "")
                guard let content = model.files[name] else { return [.respond(404, "{}", headers: ["X-Error-Code": "RevisionNotFound"])] }
                guard name.hasSuffix(".safetensors") else { return [Self.file(content, from: Self.start(request))] }
                return [.respond(302, "", headers: ["Location": "\(store.url)/\(name)"])]
            }
        }
    }

    func stop() {
        hub.stop()
        store.stop()
    }

    static func file(_ content: [UInt8], from start: Int) -> LoopbackServer.Play {
        guard start > 0 else { return .respond(200, bytes: content) }
        guard start < content.count else { return .respond(416, "") }
        let range = "bytes \(start)-\(content.count - 1)/\(content.count)"
        return .respond(206, bytes: Array(content[start...]), headers: ["Content-Range": range])
    }

    private static func start(_ request: LoopbackServer.Received) -> Int {
        request.head.firstMatch(of: /Range: bytes=(\d+)-/).flatMap { Int($0.1) } ?? 0
    }

    private static func entry(_ name: String, _ content: [UInt8]) -> JSONValue {
        var entry: [String: JSONValue] = ["type": "file", "path": .string(name), "size": .int(Int64(content.count))]
        entry["oid"] = .string(gitBlob(content))
        if name.hasSuffix(".safetensors") {
            entry["lfs"] = ["oid": .string(Digest(of: Data(content)).description), "size": .int(Int64(content.count)), "pointerSize": 134]
        }
        return .object(entry)
    }

    static func gitBlob(_ content: [UInt8]) -> String {
        let all = Array("blob \(content.count)\0".utf8) + content
        var output = [UInt8](repeating: 0, count: 20)
        EVP_Digest(all, all.count, &output, nil, EVP_sha1(), nil)
        return output.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
