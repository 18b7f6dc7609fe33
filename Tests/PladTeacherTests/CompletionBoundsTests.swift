import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// Answers that are long for no reason: they are refused, or read in seconds of the processor.
@Suite struct CompletionBoundsTests {
    private let dialect = OpenAIChatDialect(model: "m")

    private func body(_ content: JSONValue, fields: [String: JSONValue] = [:], finish: JSONValue = "stop") -> Data {
        let message: JSONValue = ["role": "assistant", "content": content]
        let answer: [String: JSONValue] = ["choices": [["index": 0, "message": message, "finish_reason": finish]], "model": "m-1"]
        return Data(JSONValue.object(answer.merging(fields) { $1 }).canonical.utf8)
    }

    private func stream(_ pieces: [String]) -> Data {
        let chunks = pieces.map { piece -> JSONValue in ["choices": [["index": 0, "delta": ["content": .string(piece)]]]] }
        let end: JSONValue = ["choices": [["index": 0, "delta": [:], "finish_reason": "stop"]]]
        return Data(((chunks + [end]).map { "data: \($0.canonical)\n\n" }.joined() + "data: [DONE]\n\n").utf8)
    }

    private func reason(_ body: Data, status: Int = 200) -> String? {
        if case .unreadable(let reason) = dialect.read(status: status, body: body) { reason } else { nil }
    }

    @Test func anAnswerOfMoreTextThanAnyModelWritesIsRefused() throws {
        let half = String(repeating: "a ", count: 1 << 20)
        let parts: JSONValue = .array((0..<3).map { _ in ["type": "text", "text": .string(half)] })
        for content in [JSONValue.string(half + half + half), parts] {
            #expect(reason(body(content))?.hasSuffix("bytes of text, more than the 4194304 that a completion may have") == true)
        }
        #expect(reason(stream([half, half, "b"]))?.contains("more than the 4194304 that a completion may have") == true)
        guard case .completion(let completion) = dialect.read(status: 200, body: body(.string(half))) else {
            Issue.record("2 MiB are not read")
            return
        }
        #expect(completion.text.utf8.count == 1 << 21)
    }

    /// What the texts are made of: marks by the million, and one endless letter.
    @Test(arguments: [
        "<|", "<", "[", "<|a", "<b>", "<|a|>", "<|im_end|>", "</s>", "a\u{301}", "\u{1100}", "漢", "</think>", "<tool", "`", "f",
        "<|tool_calls",
    ])
    func aMebibyteTakesASecondOrTwo(piece: String) {
        let pieces = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
        for text in [pieces, "a" + pieces] {
            let data = body(.string(text))
            let seconds = processorSeconds { _ = dialect.read(status: 200, body: data) }
            #expect(seconds < 3, "\(piece): \(seconds) s")
        }
        let data = body(.string(String(repeating: piece, count: (15 << 20) / piece.utf8.count)))
        let seconds = processorSeconds { #expect(reason(data) != nil) }
        #expect(seconds < 2, "\(piece)")
    }

    /// A letter with marks above and below it without end: to compare it takes time that grows with the square of its length.
    @Test func aCharacterWithoutEndIsRefused() {
        let endless = String(repeating: "\u{301}", count: 200_000) + String(repeating: "\u{323}", count: 200_000)
        let escaped = String(repeating: "\\u0301", count: 200_000) + String(repeating: "\\u0323", count: 200_000)
        let bodies = [
            body(.string(endless)), body("x", fields: ["model": .string(endless)]), Data("{\"\(endless)\":1}".utf8),
            Data("{\"\(escaped)\":1}".utf8), stream([endless, "y"]), Data("event: \(endless)\ndata: {}\n\n".utf8),
        ]
        for data in bodies {
            let seconds = processorSeconds {
                #expect(reason(data)?.contains("a character of more than 1000 bytes") == true, "\(reason(data) ?? "")")
            }
            #expect(seconds < 5)
        }
    }

    @Test(arguments: ["model", "finish_reason", "id", "system_fingerprint"])
    func namesAreCut(field: String) throws {
        let long = JSONValue.string(String(repeating: "z", count: 5_000_000))
        let data = field == "finish_reason" ? body("yes", finish: long) : body("yes", fields: [field: long])
        var completion: Completion?
        let seconds = processorSeconds {
            if case .completion(let found) = dialect.read(status: 200, body: data) { completion = found }
        }
        #expect(seconds < 2)
        let found = try #require(completion)
        #expect(found.text == "yes" && (found.model ?? "").utf8.count <= 303)
        #expect((found.ending ?? "").utf8.count <= 83 && (found.fingerprint ?? "").utf8.count <= 303)
    }

    @Test func aReasonIsShort() throws {
        let digits = String(repeating: "1", count: 5_000_000)
        let number = try #require(reason(Data("{\"a\":\(digits)}".utf8)))
        #expect(number.contains("the number \(digits.prefix(40)) is out of range"))
        #expect(number.utf8.count < 300)
        let broken = try #require(reason(body("x", finish: .string("error" + String(repeating: " ", count: 100)))))
        #expect(broken.contains("the endpoint broke the completion off") && broken.utf8.count < 300)
    }

    @Test(arguments: ["code", "type", "message", "status", "param"], [500, 200])
    func anErrorOfMegabytesIsReadInNoTime(field: String, status: Int) throws {
        var error: [String: JSONValue] = ["message": "a"]
        error[field] = .string(String(repeating: "insufficient_", count: 300_000))
        let data = Data(JSONValue.object(["error": .object(error)]).canonical.utf8)
        var fault: ProviderFault?
        let seconds = processorSeconds {
            if case .fault(let found) = dialect.read(status: status, body: data) { fault = found }
            _ = fault?.kind
        }
        #expect(seconds < 2)
        let found = try #require(fault)
        #expect(found.message.count <= 300 && (found.code ?? "").utf8.count <= 1203)
    }

    /// Several answers in one response are taken from one reading of it.
    @Test func aHundredAnswersAreReadOnce() {
        let choices = (0..<128).map { #"{"index":\#($0),"message":{"content":"\#($0)"},"finish_reason":"stop"}"# }
        let junk = String(repeating: "[],", count: 300_000) + "[]"
        let data = Data(("{\"junk\":[\(junk)],\"choices\":[" + choices.joined(separator: ",") + "]}").utf8)
        let seconds = processorSeconds {
            #expect(dialect.furtherCompletions(body: data, count: 128).map(\.text) == (1..<128).map { "\($0)" })
        }
        #expect(seconds < 10)
    }
}
