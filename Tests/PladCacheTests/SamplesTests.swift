import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// Several samples of one question through the cache.
@Suite struct SamplesTests {
    /// Answers "0", "1", … together, as one response with that many choices; alone the sample's number and "alone".
    private final class ManyTeacher: Teacher {
        private let asked = Locked<[[Int]]>([])
        /// How many answers one response brings at most.
        private let most: Int
        init(most: Int = 100) { self.most = most }
        var calls: [[Int]] { asked.withLock { $0 } }

        func reply(to request: TeacherRequest) async throws -> Reply {
            asked.withLock { $0.append([request.sample]) }
            return try reply(["\(request.sample) alone"], 0)
        }

        func replies(to requests: [TeacherRequest]) async throws -> [Reply]? {
            guard requests.count > 1 else { return nil }
            let asked = requests.prefix(most)
            self.asked.withLock { $0.append(asked.map(\.sample)) }
            return try asked.indices.map { index in try reply(asked.map { "\($0.sample)" }, index) }
        }

        private func reply(_ texts: [String], _ choice: Int) throws -> Reply {
            let choices = texts.enumerated().map { #"{"index":\#($0),"message":{"content":"\#($1)"},"finish_reason":"stop"}"# }
            let body = Data(#"{"choices":[\#(choices.joined(separator: ","))],"usage":{"prompt_tokens":2,"completion_tokens":6}}"#.utf8)
            guard case .completion(let completion) = dialect.read(status: 200, body: body, choice: choice) else {
                throw TeacherError(.exhausted, "no such choice")
            }
            let times = Response.Times(started: Date(timeIntervalSince1970: 1_700_000_000), firstByte: .zero, total: .zero)
            let response = Response(status: 200, body: body, times: times, attempts: choice == 0 ? 1 : 0)
            return Reply(response: response, completion: completion, choice: choice)
        }
    }

    private func texts(_ teacher: CachedTeacher, _ samples: Range<Int>) async throws -> [String] {
        try await teacher.completions(of: question("q"), SamplingParameters(), samples: samples).map { try $0.get().completion.text }
    }

    @Test func eachSampleHasTheRowItWouldHaveAlone() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        let many = ManyTeacher()
        let teacher = cached(cache, .record(many))
        #expect(try await texts(teacher, 0..<3) == ["0", "1", "2"])
        #expect(many.calls == [[0, 1, 2]])
        #expect(teacher.usage.asked == 3 && teacher.usage.attempts == 1 && teacher.usage.completionTokens == 6)
        for sample in 0..<3 {
            let row = try #require(try await cache.find(request("q", sample: sample)))
            #expect(row.choice == sample)
            #expect(row.usage == (sample == 0 ? Usage(promptTokens: 2, completionTokens: 6) : nil))
            #expect(row.key == CompletionKey.digest(of: request("q", sample: sample)))
        }
        #expect(try cache.verify().problems == [])
        #expect(try await texts(cached(cache, .replay), 0..<3) == ["0", "1", "2"])
    }

    @Test func onlyWhatIsMissingIsAskedFor() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        let many = ManyTeacher()
        let teacher = cached(cache, .record(many))
        #expect(try await texts(teacher, 1..<2) == ["1 alone"])
        #expect(try await texts(teacher, 0..<4) == ["0", "1 alone", "2", "3"])
        #expect(try await texts(teacher, 0..<5) == ["0", "1 alone", "2", "3", "4 alone"])
        #expect(many.calls == [[1], [0, 2, 3], [4]])
        #expect(try await texts(cached(cache, .replay), 0..<5) == ["0", "1 alone", "2", "3", "4 alone"])
        #expect(try await texts(cached(cache, .refresh(many)), 0..<2) == ["0", "1"])
    }

    @Test func whatOneResponseDoesNotBringIsAskedForInFurtherOnes() async throws {
        let folder = try Folder()
        let many = ManyTeacher(most: 2)
        let teacher = cached(try CompletionCache(opening: folder["c.sqlite"], for: .writing), .record(many))
        #expect(try await texts(teacher, 0..<5) == ["0", "1", "2", "3", "4 alone"])
        #expect(many.calls == [[0, 1], [2, 3], [4]])
    }

    /// Every response is kept when it comes, however long the others of the same question take.
    @Test func anAnswerIsKeptBeforeTheOthersOfItsQuestionCome() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        let slow = ScriptedTeacher { _, request in
            if request.sample > 0 { try await Task.sleep(for: .seconds(60)) }
            return chatBody("answer")
        }
        let teacher = cached(cache, .record(slow))
        let asking = Task { await teacher.completions(of: question("q"), SamplingParameters(), samples: 0..<3) }
        while try await cache.find(request("q", sample: 0)) == nil { try await Task.sleep(for: .milliseconds(2)) }
        asking.cancel()
        let answers = await asking.value
        #expect(answers.map { (try? $0.get()) != nil } == [true, false, false])
    }

    @Test func theSameSamplesAtOnceAreAskedForOnce() async throws {
        let folder = try Folder()
        let many = ManyTeacher()
        let teacher = cached(try CompletionCache(opening: folder["c.sqlite"], for: .writing), .record(many))
        async let one = texts(teacher, 0..<3)
        async let other = texts(teacher, 0..<3)
        #expect(try await one == other)
        #expect(many.calls == [[0, 1, 2]])
        #expect(teacher.usage.fromCache == 3)
    }

    @Test func aRecordingKeepsWhichAnswerIsWhose() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        _ = try await texts(cached(cache, .record(ManyTeacher())), 0..<3)
        try cache.exportRecording(to: folder["r.jsonl"])
        let recording = try CompletionCache(opening: folder["r.jsonl"], for: .reading)
        #expect(try await texts(cached(recording, .replay), 0..<3) == ["0", "1", "2"])
        let merged = try CompletionCache(opening: folder["m.sqlite"], for: .writing)
        try merged.merge(recording)
        #expect(try await merged.find(request("q", sample: 2))?.choice == 2)
    }
}
