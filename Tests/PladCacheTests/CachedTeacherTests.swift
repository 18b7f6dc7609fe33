import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

@Suite struct CachedTeacherTests {
    private func cache(_ folder: Folder) throws -> CompletionCache { try CompletionCache(opening: folder["c.sqlite"], for: .writing) }

    @Test func aQuestionIsAskedOnce() async throws {
        let folder = try Folder()
        let script = ScriptedTeacher { number, _ in chatBody("answer \(number)") }
        let teacher = cached(try cache(folder), .record(script))
        let first = try await teacher.completion(of: question("a"), SamplingParameters())
        let second = try await teacher.completion(of: question("a"), SamplingParameters())
        #expect(
            first.completion
                == Completion(text: "answer 0", finishReason: .stop, usage: Usage(promptTokens: 7, completionTokens: 3), model: "m-1"))
        #expect(!first.fromCache)
        #expect(second.fromCache)
        #expect(second.completion == first.completion)
        #expect(second.attempts == 2)
        #expect(script.requests.count == 1)
    }

    @Test func samplesAreAnswersOfTheirOwn() async throws {
        let folder = try Folder()
        let script = ScriptedTeacher { number, _ in chatBody("answer \(number)") }
        let teacher = cached(try cache(folder), .record(script))
        var texts: Set<String> = []
        for sample in 0..<4 {
            texts.insert(try await teacher.completion(of: question("a"), SamplingParameters(), sample: sample).completion.text)
        }
        #expect(texts.count == 4)
    }

    @Test func replayGivesWhatWasRecorded() async throws {
        let folder = try Folder()
        let script = ScriptedTeacher { number, _ in
            chatBody("<think>hm \(number)</think>answer \(number)", finishReason: number % 2 == 0 ? "stop" : "length")
        }
        let teacher = cached(try cache(folder), .record(script))
        var recorded: [Completion] = []
        for number in 0..<10 { recorded.append(try await teacher.completion(of: question("\(number)"), SamplingParameters()).completion) }
        let replay = cached(try CompletionCache(opening: folder["c.sqlite"], for: .reading), .replay)
        for number in 0..<10 {
            let answer = try await replay.completion(of: question("\(number)"), SamplingParameters())
            #expect(answer.completion == recorded[number])
            #expect(answer.fromCache)
        }
    }

    @Test func refreshTakesTheRecordedAnswersPlace() async throws {
        let folder = try Folder()
        let cache = try cache(folder)
        let script = ScriptedTeacher { number, _ in chatBody("answer \(number)") }
        _ = try await cached(cache, .record(script)).completion(of: question("a"), SamplingParameters())
        let refreshed = try await cached(cache, .refresh(script)).completion(of: question("a"), SamplingParameters())
        #expect(refreshed.completion.text == "answer 1")
        #expect(!refreshed.fromCache)
        #expect(try await cached(cache, .replay).completion(of: question("a"), SamplingParameters()).completion.text == "answer 1")
        #expect(try cache.list().count == 1)
    }

    @Test func identicalQuestionsInFlightAreAskedOnce() async throws {
        let folder = try Folder()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let script = ScriptedTeacher { _, _ in
            for await _ in gate {}
            return chatBody("one")
        }
        let teacher = cached(try cache(folder), .record(script))
        let tasks = (0..<50).map { _ in Task { try await teacher.completion(of: question("a"), SamplingParameters()) } }
        while script.requests.isEmpty { await Task.yield() }
        open.finish()
        var answers: [SourcedCompletion] = []
        for task in tasks { answers.append(try await task.value) }
        #expect(script.requests.count == 1)
        #expect(Set(answers.map(\.completion)).count == 1)
        #expect(answers.count { !$0.fromCache } == 1)
    }

    @Test func aCancelledQuestionIsCancelledAndTheNextOneAsksAnew() async throws {
        let folder = try Folder()
        let script = ScriptedTeacher { number, _ in
            if number == 0 { while true { try Task.checkCancellation(); await Task.yield() } }
            return chatBody("second")
        }
        let teacher = cached(try cache(folder), .record(script))
        let task = Task { try await teacher.completion(of: question("a"), SamplingParameters()) }
        while script.requests.isEmpty { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await teacher.completion(of: question("a"), SamplingParameters()).completion.text == "second")
    }

    @Test func oneWhoIsCancelledTakesNobodyAlong() async throws {
        let folder = try Folder()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let script = ScriptedTeacher { _, _ in
            for await _ in gate {}
            try Task.checkCancellation()
            return chatBody("one")
        }
        let teacher = cached(try cache(folder), .record(script))
        let first = Task { try await teacher.completion(of: question("a"), SamplingParameters()) }
        while script.requests.isEmpty { await Task.yield() }
        let (joined, join) = AsyncStream.makeStream(of: Void.self)
        let second = Task {
            join.finish()
            return try await teacher.completion(of: question("a"), SamplingParameters())
        }
        for await _ in joined {}
        first.cancel()
        open.finish()
        #expect(try await second.value.completion.text == "one")
    }

    @Test func aFailureIsNotRemembered() async throws {
        let folder = try Folder()
        let script = ScriptedTeacher { number, _ in
            if number == 0 { throw TeacherError(.exhausted, "no") }
            return chatBody("yes")
        }
        let teacher = cached(try cache(folder), .record(script))
        await #expect(throws: TeacherError.self) { try await teacher.completion(of: question("a"), SamplingParameters()) }
        #expect(try await teacher.completion(of: question("a"), SamplingParameters()).completion.text == "yes")
    }

    @Test func emptyTruncatedAndFilteredAnswersArePaidForOnce() async throws {
        let folder = try Folder()
        let script = ScriptedTeacher { number, _ in chatBody("", finishReason: ["stop", "length", "content_filter"][number]) }
        let teacher = cached(try cache(folder), .record(script))
        for _ in 0..<2 {
            var reasons: [FinishReason] = []
            for text in ["a", "b", "c"] {
                reasons.append(try await teacher.completion(of: question(text), SamplingParameters()).completion.finishReason)
            }
            #expect(reasons == [.stop, .length, .filtered])
        }
        #expect(script.requests.count == 3)
    }

    @Test func raisingTheLimitAsksAgainOnlyForTruncatedAnswers() async throws {
        let folder = try Folder()
        let script = ScriptedTeacher { number, request in
            let isCut = request.bodyText.contains("long") && request.body["max_tokens"] == 10
            return chatBody("answer \(number)", finishReason: isCut ? "length" : "stop")
        }
        let teacher = cached(try cache(folder), .record(script))
        for limit in [10, 50] {
            for text in ["short", "long", "brief"] {
                _ = try await teacher.completion(of: question(text), SamplingParameters(maxTokens: limit))
            }
        }
        #expect(script.requests.map { $0.body["messages"]?[0]?["content"]?.string } == ["short", "long", "brief", "long"])
        // Replay finds the same answers again.
        let replay = cached(try cache(folder), .replay)
        #expect(try await replay.completion(of: question("long"), SamplingParameters(maxTokens: 50)).completion.text == "answer 3")
        #expect(try await replay.completion(of: question("long"), SamplingParameters(maxTokens: 10)).completion.text == "answer 1")
        #expect(try await replay.completion(of: question("short"), SamplingParameters(maxTokens: 50)).completion.text == "answer 0")
    }

    @Test func aMissInReplayNamesTheNearestAndTheDifference() async throws {
        let folder = try Folder()
        let cache = try cache(folder)
        let empty = try await #require(throws: CacheError.self) {
            try await cached(cache, .replay).completion(of: question("a"), SamplingParameters())
        }
        #expect(empty.code == .notRecorded)
        #expect(empty.message.contains("holds no completions"))
        let script = ScriptedTeacher { _, _ in chatBody("x") }
        let long = "Tell me in one sentence why the sky over the sea is "
        for text in [long + "blue.", "Something else altogether."] {
            _ = try await cached(cache, .record(script)).completion(of: question(text), SamplingParameters(temperature: 0.5))
        }
        func miss(_ text: String, _ temperature: Double = 0.5, teacher: String = "t", sample: Int = 0) async throws -> String {
            try await #require(throws: CacheError.self) {
                try await cached(cache, teacher: teacher, .replay).completion(
                    of: question(text), SamplingParameters(temperature: temperature), sample: sample)
            }.message
        }
        #expect(
            try await miss(long + "green.").contains(
                #"differs in body.messages[0].content: recorded "…sky over the sea is blue.", asked "…sky over the sea is green.""#))
        #expect(try await miss(long + "blue.", 0.7).contains("body.temperature: recorded 0.5, asked 0.7"))
        #expect(try await miss(long + "blue.", 1).contains("body.temperature: recorded 0.5, asked 1;"))
        #expect(try await miss(long + "blue.", sample: 1).contains("sample: recorded 0, asked 1"))
        _ = try await cached(cache, .record(script)).completion(of: question("Whole"), SamplingParameters(temperature: 1))
        #expect(try await miss("whole", 1).contains("body.messages[0].content: recorded \"Whole\", asked \"whole\""))
        #expect(try await miss(long + "blue.", teacher: "u").contains(#"teacher: recorded "t", asked "u"; give `teacher.id` "t""#))
    }

    @Test func aRecordedResponseThatNobodyCanReadIsAnError() async throws {
        let folder = try Folder()
        let cache = try cache(folder)
        var answer = try stored(request("a"), "x")
        answer.response = Data("{}".utf8)
        _ = try await cache.store(answer)
        let error = try await #require(throws: CacheError.self) {
            try await cached(cache, .replay).completion(of: question("a"), SamplingParameters())
        }
        #expect(error.code == .unreadableCompletion)
        #expect(error.message.contains(answer.key.short))
    }

    @Test func recordedOverTheWireAndReplayedWithTheServerGone() async throws {
        let folder = try Folder()
        let server = LoopbackServer { number, request in
            // Every third attempt fails.
            if number % 3 == 2 { return [.respond(503, "{}")] }
            return [.respond(200, chatBody("about \(request.body.count) bytes"))]
        }
        func remote() throws -> RemoteTeacher {
            RemoteTeacher(
                endpoint: try Endpoint(server.url, dialect: dialect), dialect: dialect,
                access: Access(key: try Credential("sk-planted", source: "test")),
                transport: try HTTPClient(), concurrency: 8, policy: RetryPolicy(base: .zero))
        }
        let record = cached(try cache(folder), teacher: "demo", .record(try remote()))
        let recorded = try await answers(of: record)
        server.stop()
        let replay = cached(try CompletionCache(opening: folder["c.sqlite"], for: .reading), teacher: "demo", .replay)
        #expect(try await answers(of: replay) == recorded)
        // The key is in no file.
        for file in try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil) {
            #expect(try Data(contentsOf: file).range(of: Data("planted".utf8)) == nil, "\(file.path)")
        }
    }

    private func answers(of teacher: CachedTeacher) async throws -> [Completion] {
        try await withThrowingTaskGroup(of: (Int, Completion).self) { group in
            for number in 0..<60 {
                group.addTask {
                    (
                        number,
                        try await teacher.completion(of: question(String(repeating: "y", count: number)), SamplingParameters()).completion
                    )
                }
            }
            return try await group.reduce(into: [(Int, Completion)]()) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
