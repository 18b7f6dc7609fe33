import Foundation
import PladCache
import PladRecords
import PladTeacher
import Testing

@Suite struct RecordingTests {
    /// A cache with responses of every kind, in an order of its own.
    private func filled(_ file: URL, reversed: Bool = false) async throws -> CompletionCache {
        let cache = try CompletionCache(opening: file, for: .writing)
        var answers = try ["é \"quoted\" \\n", "b", "c"].map { try stored(request($0), $0.replacingOccurrences(of: "\"", with: "'")) }
        answers[1].response = Data([0xff, 0x00, 0x80])
        answers[2].response = try Data(JSONValue(parsing: answers[2].response).canonical.utf8)
        answers.append(try stored(request("b", sample: 1), "filtered", finishReason: "content_filter"))
        for answer in reversed ? answers.reversed() : answers { _ = try await cache.store(answer) }
        return cache
    }

    private func sorted(_ cache: CompletionCache) throws -> [StoredCompletion] {
        try cache.list().sorted { $0.key.description < $1.key.description }
    }

    @Test func exportAndImportGiveIdenticalRows() async throws {
        let folder = try Folder()
        let original = try await filled(folder["a.sqlite"])
        #expect(try original.exportRecording(to: folder["r.jsonl"]) == 4)
        let copy = try CompletionCache(opening: folder["b.sqlite"], for: .writing)
        #expect(try copy.importRecording(folder["r.jsonl"]) == CompletionCache.Imported(added: 4, present: 0, different: 0))
        #expect(try sorted(copy) == sorted(original))
        try copy.exportRecording(to: folder["again.jsonl"])
        #expect(try Data(contentsOf: folder["again.jsonl"]) == Data(contentsOf: folder["r.jsonl"]))
        #expect(try copy.importRecording(folder["r.jsonl"]) == CompletionCache.Imported(added: 0, present: 4, different: 0))
    }

    @Test func theSameRowsGiveTheSameFileInWhateverOrderTheyCame() async throws {
        let folder = try Folder()
        try await filled(folder["a.sqlite"]).exportRecording(to: folder["a.jsonl"])
        try await filled(folder["b.sqlite"], reversed: true).exportRecording(to: folder["b.jsonl"])
        #expect(try Data(contentsOf: folder["a.jsonl"]) == Data(contentsOf: folder["b.jsonl"]))
    }

    @Test func withoutTimesNothingTellsWhenItWasMade() async throws {
        let folder = try Folder()
        try await filled(folder["a.sqlite"]).exportRecording(to: folder["r.jsonl"], withTimes: false)
        let text = try String(contentsOf: folder["r.jsonl"], encoding: .utf8)
        #expect(!text.contains("_ms"))
        let copy = try CompletionCache(opening: folder["r.jsonl"], for: .reading)
        #expect(try copy.list().allSatisfy { $0.askedAt == nil && $0.total == nil })
    }

    @Test func canonicalResponsesAreObjectsInTheFile() async throws {
        let folder = try Folder()
        try await filled(folder["a.sqlite"]).exportRecording(to: folder["r.jsonl"])
        let lines = try JSONLines.lines(of: Data(contentsOf: folder["r.jsonl"])).map { try JSONValue(parsing: $0.line) }
        #expect(lines.count { $0["response"]?.object != nil } == 1)
        #expect(lines.count { $0["response_text"] != nil } == 2)
        #expect(lines.count { $0["response_base64"] != nil } == 1)
        #expect(lines.allSatisfy { $0["request"]?["messages"] != nil })
    }

    @Test func aRecordingReplaysDirectly() async throws {
        let folder = try Folder()
        let cache = try await filled(folder["a.sqlite"])
        try cache.exportRecording(to: folder["r.jsonl"])
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
        let replay = cached(try CompletionCache(opening: folder["r.jsonl"], for: .reading), .replay)
        #expect(try await replay.completion(of: question("c"), SamplingParameters()).completion.text == "c")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == before)
    }

    @Test func whatIsThereAlreadyStays() async throws {
        let folder = try Folder()
        try await filled(folder["a.sqlite"]).exportRecording(to: folder["r.jsonl"])
        let other = try CompletionCache(opening: folder["b.sqlite"], for: .writing)
        let own = try await other.store(try stored(request("c"), "my own"))
        #expect(try other.importRecording(folder["r.jsonl"]) == CompletionCache.Imported(added: 3, present: 0, different: 1))
        #expect(try await other.find(request("c")) == own)
    }

    @Test func aBadLineIsNamedAndNothingComesIn() async throws {
        let folder = try Folder()
        try await filled(folder["a.sqlite"]).exportRecording(to: folder["r.jsonl"])
        var lines = try String(contentsOf: folder["r.jsonl"], encoding: .utf8).split(separator: "\n").map(String.init)
        for (bad, reason) in [
            ("{\"dialect\":", "not JSON"), ("{}", "lacks \"dialect\""), ("7", "is not an object"),
            (lines[2].replacingOccurrences(of: "\"sample\":0", with: "\"sample\":\"0\""), "\"sample\" is \"0\", which is not valid"),
            (lines[2].replacingOccurrences(of: "\"sample\":0", with: "\"sample\":5"), "\"key\" is not the digest of the request"),
        ] {
            let good = lines[2]
            lines[2] = bad
            try Data(lines.joined(separator: "\n").utf8).write(to: folder["bad.jsonl"])
            lines[2] = good
            let cache = try CompletionCache(opening: folder["\(UUID()).sqlite"], for: .writing)
            let error = try #require(throws: RecordError.self) { try cache.importRecording(folder["bad.jsonl"]) }
            #expect(error.message.contains("bad.jsonl:3: \(reason)"), "\(error.message)")
            #expect(try cache.list().isEmpty)
        }
    }

    @Test func aLineWithoutItsKeyIsTakenAsItIs() async throws {
        let folder = try Folder()
        let line: JSONValue = [
            "dialect": "openai-chat", "teacher": "t", "path": .string(path), "request": request("by hand").body, "sample": 0, "status": 200,
            "response": ["choices": [["message": ["content": "written"], "finish_reason": "stop"]]], "finish_reason": "stop", "attempts": 1,
        ]
        try Data(line.canonical.utf8).write(to: folder["hand.jsonl"])
        let replay = cached(try CompletionCache(opening: folder["hand.jsonl"], for: .reading), .replay)
        #expect(try await replay.completion(of: question("by hand"), SamplingParameters()).completion.text == "written")
    }
}
