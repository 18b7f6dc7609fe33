import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import Testing

/// What every dialect owes over a streamed answer.
@Suite struct DialectStreamTests {
    private func read(_ shapes: DialectStreamShapes, _ body: String) -> Reading {
        shapes.dialect.read(status: 200, body: Data(body.utf8))
    }

    private func isRefused(_ reading: Reading) -> Bool {
        if case .completion = reading { false } else { true }
    }

    private func whole(_ shapes: DialectStreamShapes) -> Reading {
        .completion(
            Completion(
                text: "Because.", finishReason: .stop, reasoning: shapes.hasReasoning ? "Hm." : nil, usage: shapes.usage, model: "m-1",
                fingerprint: shapes.name == "openai-chat" ? "fp_1" : nil))
    }

    @Test(arguments: DialectStreamShapes.all)
    func aStreamReadsLikeTheWholeAnswer(shapes: DialectStreamShapes) {
        #expect(read(shapes, shapes.body(shapes.events)) == whole(shapes))
    }

    @Test(arguments: DialectStreamShapes.all)
    func commentsLineEndsAndAMissingLastOneChangeNothing(shapes: DialectStreamShapes) {
        let body = shapes.body(shapes.events)
        #expect(read(shapes, body.trimmingCharacters(in: .newlines)) == whole(shapes))
        #expect(read(shapes, body.replacing("\n", with: "\r\n")) == whole(shapes))
        guard !shapes.isLines else { return }
        #expect(read(shapes, ": PROCESSING\n\n" + body.replacing("\n\n", with: "\n\n: ping\n\n")) == whole(shapes))
        #expect(read(shapes, body.replacing("\n", with: "\r").replacing("data: ", with: "data:")) == whole(shapes))
    }

    @Test(arguments: DialectStreamShapes.all)
    func aStreamCutOffAnywhereIsNoAnswer(shapes: DialectStreamShapes) {
        let needed = shapes.body(Array(shapes.events.dropLast(shapes.dispensable))).trimmingCharacters(in: .newlines)
        let bytes = Data(needed.utf8)
        for length in 0..<bytes.count {
            guard isRefused(shapes.dialect.read(status: 200, body: bytes.prefix(length))) else {
                Issue.record("\(length) of \(bytes.count) bytes of a stream read as an answer")
                return
            }
        }
        #expect(!isRefused(read(shapes, needed)))
    }

    @Test func aMissingEventIsSeenWhereEventsHaveAnOrder() {
        let (responses, anthropic) = (DialectStreamShapes.all[1], DialectStreamShapes.all[3])
        for index in responses.events.indices {
            var events = responses.events
            events.remove(at: index)
            // Without the first, nothing of the answer is missing: the last event holds all of it.
            #expect(
                index == 0
                    ? read(responses, responses.body(events)) == whole(responses) : isRefused(read(responses, responses.body(events))))
        }
        for index in anthropic.events.indices {
            var events = anthropic.events
            let event = events.remove(at: index)
            guard !event.contains("_delta\"}") && !event.contains("ping") && !event.contains("block_delta") else { continue }
            #expect(isRefused(read(anthropic, anthropic.body(events))), "\(event)")
        }
    }

    @Test(arguments: DialectStreamShapes.all)
    func whatGoesOnAfterTheEndIsNoAnswer(shapes: DialectStreamShapes) {
        let text = shapes.events.first { $0.contains("Bec") }!.replacing("sequence_number\":2", with: "sequence_number\":5")
        #expect(isRefused(read(shapes, shapes.body(shapes.events + [text]))))
    }

    @Test(arguments: DialectStreamShapes.all)
    func anErrorInTheMiddleIsAFault(shapes: DialectStreamShapes) {
        for index in shapes.events.indices.dropFirst() {
            let events = shapes.events[..<index] + [shapes.error.0]
            guard case .fault(let fault) = read(shapes, shapes.body(Array(events))) else {
                Issue.record("\(read(shapes, shapes.body(Array(events))))")
                continue
            }
            #expect(fault.status == shapes.error.1)
            #expect(fault.message == "busy")
        }
    }

    @Test(arguments: DialectStreamShapes.all)
    func theBodyWithoutTheStreamStaysTheKeyed(shapes: DialectStreamShapes) throws {
        let dialect = shapes.dialect
        let asked = dialect.request(teacher: "t", path: dialect.path(from: ""), asking: question, SamplingParameters(), sample: 0)
        let form = dialect.streamed(WireForm(asked))
        var body = try #require(asked.body.object)
        for (name, value) in shapes.addition.object ?? [:] { body[name] = value }
        #expect(form.body == .object(body))
        #expect(form.path == (shapes.name == "gemini" ? "/v1beta/models/m:streamGenerateContent?alt=sse" : asked.path))
    }

    @Test func idsThatNumberTheEventsPutThemInOrder() {
        let shapes = DialectStreamShapes.all[0]
        let numbered = shapes.events.dropLast().enumerated().map { "id: \($0)\n\($1)" }
        var events = numbered + ["data: [DONE]"]
        events.swapAt(3, 4)
        events.insert(numbered[4], at: 2)
        #expect(read(shapes, shapes.body(events)) == whole(shapes))
        // The same id with something else is no numbering: the order they came in counts, and is not put right.
        let same = shapes.events.map { "id: 7\n\($0)" }
        #expect(read(shapes, shapes.body(same)) == whole(shapes))
    }

    @Test func sequenceNumbersPutResponsesInOrder() {
        let shapes = DialectStreamShapes.all[1]
        #expect(read(shapes, shapes.body(shapes.events.reversed())) == whole(shapes))
        #expect(read(shapes, shapes.body(shapes.events + [shapes.events[2]])) == whole(shapes))
        let other = shapes.events[2].replacing("Bec", with: "Pec")
        #expect(isRefused(read(shapes, shapes.body(shapes.events + [other]))))
        var gap = shapes.events
        gap.remove(at: 2)
        #expect(read(shapes, shapes.body(gap)) == .unreadable("the stream leaves event 2 out"))
    }

    @Test func blocksOutOfOrderAreRefused() {
        let shapes = DialectStreamShapes.all[3]
        for (one, other) in [(1, 6), (2, 4), (0, 1), (9, 10), (6, 7)] {
            var events = shapes.events
            events.swapAt(one, other)
            #expect(isRefused(read(shapes, shapes.body(events))), "\(one) and \(other)")
        }
        for double in [1, 4, 6, 9] {
            #expect(
                isRefused(read(shapes, shapes.body(Array(shapes.events[...double]) + Array(shapes.events[double...])))), "\(double) twice")
        }
        #expect(!isRefused(read(shapes, shapes.body([shapes.events[0]] + shapes.events))))
    }

    @Test func theEndingsOfAStreamHaveTheirMeaning() {
        for (index, from, to, reason) in [
            (0, #""finish_reason":"stop""#, #""finish_reason":"length""#, FinishReason.length),
            (0, #""content":"ause.""#, #""refusal":"No.""#, .refused), (3, "end_turn", "refusal", .refused),
            (3, "end_turn", "max_tokens", .length), (4, "STOP", "SAFETY", .filtered), (4, "STOP", "MAX_TOKENS", .length),
            (5, #""done_reason":"stop""#, #""done_reason":"length""#, .length),
            (1, #""status":"completed""#, #""status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}"#, .length),
        ] {
            let shapes = DialectStreamShapes.all[index]
            guard case .completion(let completion) = read(shapes, shapes.body(shapes.events.map { $0.replacing(from, with: to) })) else {
                Issue.record("\(shapes.name) \(to)")
                continue
            }
            #expect(completion.finishReason == reason, "\(shapes.name) \(to)")
        }
    }

    @Test func piecesThatComeTwiceAreNoAnswer() {
        let shapes = DialectStreamShapes.all
        for index in [0, 2, 3, 4, 5] {
            let all = shapes[index].events
            let doubled = all.flatMap {
                $0.contains("Bec") || $0.contains("ause.\"},\"f") || $0.contains("ause.\"},\"d") ? [$0, $0] : [$0]
            }
            #expect(doubled.count > all.count)
            #expect(isRefused(read(shapes[index], shapes[index].body(doubled.map { $0.replacing(/tokens":4/, with: "tokens\":2") }))))
        }
        func chat(_ pieces: [String], tokens: Int = 100) -> String {
            let chunks = pieces.map { "data: {\"choices\":[{\"delta\":{\"content\":\"\($0)\"}}]}" }
            let end =
                "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":\(tokens)}}"
            return shapes[0].body(chunks + [end, "data: [DONE]"])
        }
        #expect(read(shapes[0], chat(["aa", "aa", "b", "b"], tokens: 2)) == .unreadable("the stream brings a piece twice"))
        for honest in [
            ["-", "-", "-", "-"], ["a", "a", "b"], ["no", "no"], ["a", "b", "a", "b"], ["a", "a", "b", "b"], ["a", "b", "c"],
        ] {
            #expect(!isRefused(read(shapes[0], chat(honest))), "\(honest)")
        }
    }

    @Test func choicesAreToldApart() {
        let events = [
            #"data: {"choices":[{"index":1,"delta":{"content":"b"}}]}"#, #"data: {"choices":[{"index":0,"delta":{"content":"a"}}]}"#,
            #"data: {"choices":[{"index":1,"delta":{"content":"B"},"finish_reason":"stop"}]}"#,
            #"data: {"choices":[{"index":0,"delta":{"content":"A"},"finish_reason":"length"}]}"#, "data: [DONE]",
        ]
        let shapes = DialectStreamShapes.all[0]
        #expect(read(shapes, shapes.body(events)) == .completion(Completion(text: "aA", finishReason: .length)))
        #expect(isRefused(read(shapes, shapes.body(Array(events[..<3] + events[4...])))))
    }
}
