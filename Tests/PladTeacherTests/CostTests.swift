import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import Testing

/// What attempts and answers cost, by what endpoints say and what can be true.
@Suite struct CostTests {
    private func usage(_ text: String, _ counts: String, _ name: String = "openai-chat") -> Usage? {
        let quoted = JSONValue.string(text).canonical
        let body =
            switch name {
            case "anthropic":
                #"{"type":"message","content":[{"type":"text","text":\#(quoted)}],"stop_reason":"end_turn","usage":\#(counts)}"#
            case "gemini": #"{"candidates":[{"content":{"parts":[{"text":\#(quoted)}]},"finishReason":"STOP"}],"usageMetadata":\#(counts)}"#
            case "openai-responses":
                #"{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":\#(quoted)}]}],"usage":\#(counts)}"#
            default: #"{"choices":[{"message":{"content":\#(quoted)},"finish_reason":"stop"}],"usage":\#(counts)}"#
            }
        guard case .completion(let completion) = Dialects.named(name)!.read(status: 200, body: Data(body.utf8)) else {
            Issue.record("\(body)")
            return nil
        }
        return completion.usage
    }

    private let text = "A real answer of some forty letters to it."

    @Test(arguments: [
        (#"{"prompt_tokens":0,"completion_tokens":0}"#, "openai-chat"), (#"{"prompt_tokens":9,"completion_tokens":0}"#, "openai-chat"),
        (#"{"prompt_tokens":0,"completion_tokens":20}"#, "openai-chat"), (#"{"prompt_tokens":9}"#, "openai-chat"),
        (#"{"prompt_tokens":9,"completion_tokens":null}"#, "openai-chat"), (#"{"prompt_tokens":9,"completion_tokens":1}"#, "openai-chat"),
        (#"{"total_tokens":29}"#, "openai-chat"), ("{}", "openai-chat"), (#"{"input_tokens":0,"output_tokens":0}"#, "openai-responses"),
        (#"{"input_tokens":9,"output_tokens":1}"#, "anthropic"), (#"{"promptTokenCount":9}"#, "gemini"),
        (#"{"promptTokenCount":9,"thoughtsTokenCount":1,"totalTokenCount":10}"#, "gemini"),
    ])
    func countsThatCannotBeTrueAreNone(counts: String, name: String) {
        #expect(usage(text, counts, name) == nil)
    }

    @Test(arguments: [
        (#"{"prompt_tokens":9,"completion_tokens":null,"total_tokens":29}"#, "openai-chat"),
        (#"{"prompt_tokens":9,"total_tokens":29}"#, "openai-chat"),
        (#"{"prompt_tokens":9,"completion_tokens":0,"total_tokens":29}"#, "openai-chat"),
        (#"{"prompt_tokens":9,"completion_tokens":20,"total_tokens":29}"#, "openai-chat"),
        (#"{"input_tokens":9,"output_tokens":null,"total_tokens":29}"#, "openai-responses"),
        (#"{"promptTokenCount":9,"totalTokenCount":29}"#, "gemini"), (#"{"input_tokens":9,"output_tokens":20}"#, "anthropic"),
    ])
    func theTotalTellsWhatIsLeftOut(counts: String, name: String) {
        #expect(usage(text, counts, name) == Usage(promptTokens: 9, completionTokens: 20))
    }

    @Test func anEmptyAnswerMayCostNothing() {
        #expect(usage("", #"{"prompt_tokens":0,"completion_tokens":0}"#) == Usage(promptTokens: 0, completionTokens: 0))
    }

    @Test func aStreamThatCountsItsLastChunkAloneCountsNothing() {
        let pieces = text.split(separator: " ").map { #"data: {"choices":[{"delta":{"content":"\#($0) "}}]}"# }
        let end = #"data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1}}"#
        let body = (pieces + [end, "data: [DONE]"]).map { $0 + "\n\n" }.joined()
        guard case .completion(let completion) = OpenAIChatDialect(model: "m").read(status: 200, body: Data(body.utf8)) else {
            Issue.record("no answer")
            return
        }
        #expect(completion.text == text + " " && completion.usage == nil)
    }

    @Test(arguments: [408, 502, 504, 520, 522, 524]) func aGatewaysErrorIsInDoubt(status: Int) {
        let outcome = RetryPolicy.Outcome.fault(ProviderFault(status: status, message: ""), retryAfter: nil)
        #expect(outcome.settlement(status: status) == .doubtful)
        #expect(outcome.settlement(status: 200) == .doubtful)
    }

    @Test(arguments: [400, 401, 403, 404, 413, 429, 500, 503, 529]) func aRefusalIsFree(status: Int) {
        #expect(
            RetryPolicy.Outcome.fault(ProviderFault(status: status, message: ""), retryAfter: nil).settlement(status: status) == .nothing)
    }

    @Test func aFailureAfterASuccessfulStatusIsInDoubtAndARefusalIsNot() {
        for (status, settlement) in [
            (500, Settlement.doubtful), (503, .doubtful), (529, .doubtful), (429, .nothing), (401, .nothing), (402, .nothing),
        ] {
            let outcome = RetryPolicy.Outcome.fault(ProviderFault(status: status, message: ""), retryAfter: nil)
            #expect(outcome.settlement(status: 200) == settlement, "\(status)")
        }
        #expect(RetryPolicy.Outcome.unreadable("").settlement(status: 200) == .doubtful)
        for (kind, settlement) in [(TransportFault.Kind.cut, Settlement.doubtful), (.timeout, .doubtful), (.unconnected, .nothing)] {
            #expect(RetryPolicy.Outcome.transport(TransportFault(kind, "")).settlement(status: nil) == settlement)
        }
    }

    @Test func noLimitOverflowsAPrice() {
        let body: JSONValue = ["max_tokens": .int(.max), "n": .int(.max)]
        let request = TeacherRequest(dialect: "openai-chat", teacher: "t", path: "/", body: body, sample: 0)
        #expect(Price(input: 1, output: 1).most(for: request) ?? .zero > Money(dollars: 1e6))
        #expect(Money(dollars: .nan) == Money(dollars: .infinity))
    }
}
