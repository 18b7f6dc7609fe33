import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import Testing

/// What every dialect makes of the reason for an answer's end, whole and streamed.
@Suite struct EndingTests {
    /// How each dialect spells that an answer ended by itself.
    private static let spellings = [
        "openai-chat": #""finish_reason":"stop""#, "openai-completions": #""finish_reason":"stop""#,
        "anthropic": #""stop_reason":"end_turn""#,
        "gemini": #""finishReason":"STOP""#, "ollama": #""done_reason":"stop""#,
    ]

    /// The readings of the dialect's own answer and stream with another reason; nil takes the field out.
    private func readings(_ name: String, _ reason: String?) throws -> [Reading] {
        let spelling = try #require(Self.spellings[name])
        let field = spelling.prefix { $0 != ":" }
        let other = reason.map { "\(field):\($0)" } ?? "\"x\":0"
        let shapes = try #require(DialectShapes.all.first { $0.name == name })
        let stream = try #require(DialectStreamShapes.all.first { $0.name == name })
        let bodies = [
            shapes.answer.replacing(spelling, with: other), stream.body(stream.events.map { $0.replacing(spelling, with: other) }),
        ]
        #expect(shapes.answer.contains(spelling) && stream.events.contains { $0.contains(spelling) })
        return bodies.map { stream.dialect.read(status: 200, body: Data($0.utf8)) }
    }

    @Test(arguments: [
        ("openai-chat", #"{"choices":[{"message":{"content":"See:","tool_calls":[{"id":"c"}]},"finish_reason":"stop"}]}"#),
        ("openai-chat", #"{"choices":[{"message":{"content":"See:","function_call":{"name":"f"}},"finish_reason":"stop"}]}"#),
        (
            "openai-chat",
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"See:\"}}]}\n\n"
                + "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"id\":\"c\"}]}}]}\n\n"
                + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
        ),
        (
            "openai-responses",
            #"{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"See:"}]},{"type":"function_call"}]}"#
        ),
        ("anthropic", #"{"content":[{"type":"text","text":"See:"},{"type":"tool_use","name":"f"}],"stop_reason":"end_turn"}"#),
        ("gemini", #"{"candidates":[{"content":{"parts":[{"text":"See:"},{"functionCall":{"name":"f"}}]},"finishReason":"STOP"}]}"#),
        ("ollama", #"{"message":{"content":"See:","tool_calls":[{}]},"done":true,"done_reason":"stop"}"#),
    ]) func aTextBeforeAToolCallIsNoAnswer(name: String, body: String) throws {
        let shapes = try #require(DialectShapes.all.first { $0.name == name })
        guard case .completion(let completion) = shapes.dialect(extra: [:]).read(status: 200, body: Data(body.utf8)) else {
            Issue.record("no completion")
            return
        }
        #expect(completion.finishReason == .other && completion.ending == "a tool call")
    }

    static let words: [(String, FinishReason)] = [
        ("stop", .stop), ("Stop", .stop), ("EOS", .stop), ("END_TURN", .stop), ("stop-sequence", .stop), ("COMPLETE", .stop),
        ("length", .length), ("LENGTH", .length), ("MAX_TOKENS", .length), ("max_output_tokens", .length),
        ("model_context_window_exceeded", .length), ("CONTENT_FILTER", .filtered), ("content_filter", .filtered), ("Safety", .filtered),
        ("RECITATION", .filtered), ("LANGUAGE", .filtered), ("PROHIBITED_CONTENT", .filtered), ("sensitive", .filtered),
        ("refusal", .refused), ("abort", .other), ("cancelled", .other), ("incomplete", .other), ("tool_calls", .other),
        ("function_call", .other), ("tool_use", .other), ("pause_turn", .other), ("MALFORMED_FUNCTION_CALL", .other),
        ("UNEXPECTED_TOOL_CALL", .other), ("OTHER", .other), ("FINISH_REASON_UNSPECIFIED", .other), ("stopped early", .other),
    ]

    @Test(arguments: words)
    func onlyAKnownWholeAnswerIsOne(word: String, reason: FinishReason) throws {
        for name in Self.spellings.keys {
            for (index, reading) in try readings(name, "\"\(word)\"").enumerated() {
                guard case .completion(let completion) = reading else {
                    Issue.record("\(name) \(index): \(reading)")
                    continue
                }
                #expect(completion.finishReason == reason, "\(name), \(index == 0 ? "whole" : "streamed")")
                #expect(completion.ending == (reason == .other ? word : nil), "\(name)")
                #expect(completion.text == "Because.")
            }
        }
    }

    @Test(arguments: ["\"\"", "\"null\"", "null", nil])
    func withoutAReasonNothingSaysThatItIsWhole(reason: String?) throws {
        for name in Self.spellings.keys {
            let both = try readings(name, reason)
            guard case .completion(let whole) = both[0] else {
                Issue.record("\(name): \(both[0])")
                continue
            }
            #expect(whole.finishReason == .other && whole.ending == "no finish reason", "\(name)")
            // A stream that never gives one has not ended, where nothing else ends it.
            if case .completion(let streamed) = both[1] { #expect(streamed.finishReason == .other, "\(name)") }
        }
    }

    @Test(arguments: ["\"error\"", "\"network_error\"", "\"insufficient_system_resource\""])
    func whatTheEndpointBrokeOffIsAskedAgain(reason: String) throws {
        for name in Self.spellings.keys {
            for reading in try readings(name, reason) {
                guard case .unreadable(let words) = reading else {
                    Issue.record("\(name): \(reading)")
                    continue
                }
                #expect(words.contains("broke the completion off"))
            }
        }
    }

    @Test(arguments: [
        (#""status":"incomplete","incomplete_details":{"reason":"length"}"#, FinishReason.length),
        (#""status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}"#, .length),
        (#""status":"incomplete","incomplete_details":{"reason":"something new"}"#, .length),
        (#""status":"incomplete","incomplete_details":null"#, .length), (#""status":"INCOMPLETE""#, .length),
        (#""status":"incomplete","incomplete_details":{"reason":"CONTENT_FILTER"}"#, .filtered),
        (#""status":"completed","incomplete_details":{"reason":"max_output_tokens"}"#, .length),
        (#""status":"completed","incomplete_details":{}"#, .stop), (#""status":"cancelled""#, .other), (#""status":"expired""#, .other),
        (#""status":"Completed""#, .stop),
    ])
    func aResponseThatIsIncompleteIsTruncated(status: String, reason: FinishReason) {
        let output = #""output":[{"type":"message","content":[{"type":"output_text","text":"Once a ship left the"}]}]"#
        let whole = "{\(status),\(output)}"
        let end = status.lowercased().contains("\"incomplete\"") ? "incomplete" : "completed"
        let stream = #"data: {"type":"response.\#(end)","sequence_number":0,"response":\#(whole)}"# + "\n\n"
        for body in [whole, stream] {
            guard case .completion(let completion) = OpenAIResponsesDialect(model: "m").read(status: 200, body: Data(body.utf8)) else {
                Issue.record("\(body)")
                continue
            }
            #expect(completion.finishReason == reason, "\(body)")
            #expect(reason != .other || completion.ending != nil)
        }
    }

    @Test(arguments: [
        ("openai-chat", #"{"choices":[]}"#), ("openai-completions", #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":0}}"#),
        ("openai-chat", #"{"choices":[{"message":null,"finish_reason":"content_filter"}]}"#),
        ("openai-chat", #"{"choices":[{"finish_reason":"CONTENT_FILTER"}]}"#),
        ("openai-completions", #"{"choices":[{"text":null,"finish_reason":"content_filter"}]}"#),
        ("openai-chat", #"{"choices":[{"message":{"content":null},"finish_reason":"content_filter"}],"error":{}}"#),
        ("gemini", #"{"candidates":[],"promptFeedback":{"blockReason":"SAFETY"}}"#),
        ("gemini", #"{"promptFeedback":{"blockReason":"OTHER"}}"#),
        ("openai-chat", "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":0}}\n\ndata: [DONE]\n\n"),
        ("openai-chat", #"{"error":{"code":"content_filter","message":"withheld"}}"#),
        ("openai-chat", "data: {\"error\":{\"code\":\"content_filter\",\"message\":\"withheld\"}}\n\n"),
    ])
    func whatAFilterWithheldIsFiltered(name: String, body: String) throws {
        guard case .completion(let completion) = try #require(Dialects.named(name)).read(status: 200, body: Data(body.utf8)) else {
            Issue.record("\(body)")
            return
        }
        #expect(completion.finishReason == .filtered && completion.text.isEmpty)
    }

    @Test(arguments: [
        (#"{"candidates":[],"promptFeedback":{}}"#, #"its "candidates" are empty, and no "promptFeedback" says why"#),
        ("data: {\"candidates\":[]}\n\n", #"the stream brings no candidate, and no "promptFeedback" says why"#),
    ])
    func noCandidateAndNoReasonIsSaidSo(body: String, words: String) throws {
        #expect(try #require(Dialects.named("gemini")).read(status: 200, body: Data(body.utf8)) == .unreadable(words))
    }

    @Test(arguments: [
        (#"{"candidates":[]}"#, "gemini"), (#"{"choices":null}"#, "openai-chat"),
        (#"{"choices":[{"message":null,"finish_reason":"stop"}]}"#, "openai-chat"),
    ])
    func whatIsMissingWithoutAFilterIsUnreadable(body: String, name: String) throws {
        guard case .unreadable = try #require(Dialects.named(name)).read(status: 200, body: Data(body.utf8)) else {
            Issue.record("\(body)")
            return
        }
    }
}
