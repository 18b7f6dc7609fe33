import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import Testing

/// Streams as they are cut into pieces by servers that are not the dialect's own.
@Suite struct StreamPieceTests {
    /// A dialect's stream that brings the text in these pieces.
    struct Wire: Sendable, CustomStringConvertible {
        let name: String
        /// The event of a piece that is quoted as JSON has it.
        let piece: @Sendable (String) -> String
        var opening: [String] = []
        /// The last events, with the count of tokens; nil leaves it out.
        let closing: @Sendable (Int?) -> [String]
        var description: String { name }

        func body(_ pieces: [String], tokens: Int?) -> String {
            let separator = name == "ollama" ? "\n" : "\n\n"
            let lines = opening + pieces.map { piece(JSONValue.string($0).canonical) } + closing(tokens)
            return lines.map { $0 + separator }.joined()
        }

        static let all = [
            Wire(
                name: "openai-chat", piece: { #"data: {"choices":[{"index":0,"delta":{"content":\#($0)},"finish_reason":null}]}"# },
                closing: {
                    let usage = $0.map { #","usage":{"prompt_tokens":1,"completion_tokens":\#($0)}"# } ?? ""
                    return [#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]\#(usage)}"#, "data: [DONE]"]
                }),
            Wire(
                name: "openai-completions", piece: { #"data: {"choices":[{"index":0,"text":\#($0),"finish_reason":null}]}"# },
                closing: {
                    let usage = $0.map { #","usage":{"prompt_tokens":1,"completion_tokens":\#($0)}"# } ?? ""
                    return [#"data: {"choices":[{"index":0,"text":"","finish_reason":"stop"}]\#(usage)}"#, "data: [DONE]"]
                }),
            Wire(
                name: "anthropic",
                piece: { #"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":\#($0)}}"# },
                opening: [
                    #"data: {"type":"message_start","message":{"type":"message","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}"#,
                    #"data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
                ],
                closing: {
                    let usage = $0.map { #","usage":{"output_tokens":\#($0)}"# } ?? ""
                    return [
                        #"data: {"type":"content_block_stop","index":0}"#,
                        #"data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}\#(usage)}"#, #"data: {"type":"message_stop"}"#,
                    ]
                }),
            Wire(
                name: "gemini", piece: { #"data: {"candidates":[{"index":0,"content":{"parts":[{"text":\#($0)}]}}]}"# },
                closing: {
                    let usage = $0.map { #","usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":\#($0)}"# } ?? ""
                    return [#"data: {"candidates":[{"index":0,"content":{"parts":[]},"finishReason":"STOP"}]\#(usage)}"#]
                }),
            Wire(
                name: "ollama", piece: { #"{"message":{"content":\#($0)},"done":false}"# },
                closing: {
                    let usage = $0.map { #","prompt_eval_count":1,"eval_count":\#($0)"# } ?? ""
                    return [#"{"message":{"content":""},"done":true,"done_reason":"stop"\#(usage)}"#]
                }),
        ]

        func text(_ body: String) -> String? {
            guard case .completion(let completion) = Dialects.named(name)!.read(status: 200, body: Data(body.utf8)) else { return nil }
            return completion.finishReason == .stop ? completion.text : nil
        }
    }

    @Test(arguments: Wire.all)
    func repeatsOfATextAreItsOwn(wire: Wire) {
        let cases: [([String], [Int?])] = [
            (["1", "1", "0", "0"], [4, nil, 1]), ([" very", " very", " good", " good"], [4, nil, 1]),
            ("aabbaabb".map(String.init), [4, 1, nil]),
            ("Hello, world".map(String.init), [3, 1, nil]), (["ha", "ha", "ha", "ha"], [2, nil]), (["no", " no"], [2, nil]),
            (["Bec", "ause", "."], [1, 2, nil]),
        ]
        for (pieces, counts) in cases {
            for count in counts { #expect(wire.text(wire.body(pieces, tokens: count)) == pieces.joined(), "\(pieces) for \(count ?? -1)") }
        }
    }

    @Test(arguments: Wire.all)
    func aTextThatComesOnceMoreIsTakenOnce(wire: Wire) {
        for pieces in [
            ["Hello", " world", "Hello world"], ["Hello", "Hello world", "Hello world, again"], ["H", "He", "Hel", "Hello world, again"],
            ["a", "b", "c", "abc"], ["Hello", "Hello world", "Hello world"],
        ] {
            #expect(wire.text(wire.body(pieces, tokens: 5)) == pieces.last, "\(pieces)")
        }
        // Without the spaces around it, or the thinking before it.
        for pieces in [
            [" Hello", " world", "Hello world"], ["Hello", " world", "Hello world\n"], ["Hello", " world\n", "Hello world"],
            ["<think>hm</think>", "Hello", " world", "Hello world"],
        ] {
            let text = wire.text(wire.body(pieces, tokens: 5))?.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(text == "Hello world", "\(pieces)")
        }
    }

    /// An answer may say a thing twice, and a server may send an answer twice.
    @Test(arguments: Wire.all)
    func whatCanBeBothIsRefused(wire: Wire) {
        for pieces in [
            ["Hello world, again", "Hello world, again"], ["Hello", "Hello world"], ["x = 1\n", "x = 1\n"],
            ["Summary\n", "Summary\nThe ship left."], ["Hello there, you", " Hello there, you\n"],
        ] {
            #expect(wire.text(wire.body(pieces, tokens: 16)) == nil, "\(pieces)")
        }
    }

    @Test(arguments: Wire.all)
    func aStreamThatBringsEverythingTwiceIsRefused(wire: Wire) {
        #expect(wire.text(wire.body(["Because", "Because", " so", " so"], tokens: 2)) == nil)
        let words = ["One", " two", " three", " four", " five"]
        #expect(wire.text(wire.body(words.flatMap { [$0, $0] }, tokens: nil)) == nil)
        #expect(wire.text(wire.body(words, tokens: nil)) == words.joined())
    }

    @Test(arguments: Wire.all)
    func aCharacterThatIsCutBetweenTwoPiecesIsJoined(wire: Wire) {
        func body(_ pieces: [String]) -> String {
            wire.body(pieces, tokens: nil).replacing("\\\\u", with: "\\u")
        }
        #expect(wire.text(body([#"a \ud83d"#, #"\ude00 b"#])) == "a 😀 b")
        #expect(wire.text(body([#"\ud83d"#, #"\ude00"#, #"\uD83D"#, #"\uDE00!"#])) == "😀😀!")
        #expect(wire.text(body([#"a \ud83d"#, " b"])) == "a \u{fffd} b")
        #expect(wire.text(body([#"a \ude00"#, #" b \ud83d\ude00"#])) == "a \u{fffd} b 😀")
        #expect(wire.text(wire.body([#"a \\ud83d"#, " b"], tokens: nil)) == #"a \\ud83d b"#)
    }

    @Test(arguments: ["\"\"", "\"null\"", "\"None\""])
    func anEmptyReasonInEveryChunkIsNone(reason: String) {
        for wire in Wire.all where ["openai-chat", "openai-completions", "gemini"].contains(wire.name) {
            let field = wire.name == "gemini" ? "\"finishReason\"" : "\"finish_reason\""
            let body = wire.body(["Bec", "ause."], tokens: 4)
                .replacing("\"finish_reason\":null", with: "\(field):\(reason)").replacing("]}}]}", with: "]},\(field):\(reason)}]}")
            #expect(body.contains("\(field):\(reason)"))
            #expect(wire.text(body) == "Because.", "\(wire)")
        }
    }

    @Test func aReasonInEveryChunkIsNoEnd() {
        for wire in Wire.all where ["openai-chat", "openai-completions", "gemini"].contains(wire.name) {
            let (field, reason) = wire.name == "gemini" ? ("\"finishReason\"", "\"STOP\"") : ("\"finish_reason\"", "\"stop\"")
            let body = wire.body(["Bec", "ause."], tokens: 4)
                .replacing("\"finish_reason\":null", with: "\(field):\(reason)").replacing("]}}]}", with: "]},\(field):\(reason)}]}")
            #expect(wire.text(body) == "Because.", "\(wire)")
            let limit = body.replacing(/\[\]},"finishReason":"STOP"/, with: "[]},\"finishReason\":\"MAX_TOKENS\"")
                .replacing("{},\"finish_reason\":\"stop\"", with: "{},\"finish_reason\":\"length\"")
                .replacing("\"text\":\"\",\"finish_reason\":\"stop\"", with: "\"text\":\"\",\"finish_reason\":\"length\"")
            #expect(limit != body && wire.text(limit) == nil, "\(wire)")
        }
    }

    @Test(arguments: Wire.all.filter { $0.name != "ollama" })
    func eventsAreReadAsTheStandardSays(wire: Wire) {
        let body = wire.body(["Bec", "ause."], tokens: 4)
        #expect(wire.text("data:\n\ndata: \n\n" + body.replacing("\n\n", with: "\n\ndata:\n\n")) == "Because.")
        // An event ended by a single line break.
        #expect(wire.text(body.replacing("\n\n", with: "\n")) == "Because.")
        #expect(wire.text(body.replacing("data: {", with: "event: x\ndata: {").replacing("\n\n", with: "\n")) == "Because.")
        // One in several lines of data is one.
        #expect(wire.text(body.replacing(",\"", with: ",\ndata: \"")) == "Because.")
        for empty in ["{}", "\"\"", "false", "null", "[]", "0"] {
            #expect(wire.text(body.replacing("data: {", with: "data: {\"error\":\(empty),")) == "Because.", "\(empty)")
        }
    }

    @Test func aLineEndsAtLineBreaksAlone() {
        let wire = Wire.all[4]
        for mark in ["\u{85}", "\u{2028}", "\u{2029}"] {
            #expect(wire.text(wire.body(["a\(mark)b", "c"], tokens: 4)) == "a\(mark)bc")
        }
        #expect(wire.text(wire.body(["a", "b"], tokens: 4).replacing("\n", with: "\r\n\r\n")) == "ab")
        let events = Wire.all[0]
        #expect(events.text(events.body(["a\u{2028}b", "\u{85}c"], tokens: 4)) == "a\u{2028}b\u{85}c")
    }
}
