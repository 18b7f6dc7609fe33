import Foundation
import PladRecords
import Testing

@Suite struct JSONScannerTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Data(text.utf8)) }

    @Test func everyKindOfValueIsRead() throws {
        let document = try parse(" { \"a\" : [ 1 , -2.5 , 1e3, true , false , null , \"x\" ] , \"b\" : { } , \"c\":[] } \n")
        #expect(document == ["a": [1, -2.5, 1000, true, false, .null, "x"], "b": [:], "c": []])
    }

    @Test func numbersKeepTheirValue() throws {
        #expect(try parse("9223372036854775807") == .int(.max))
        #expect(try parse("-9223372036854775808") == .int(.min))
        #expect(try parse("9223372036854775808") == .double(9_223_372_036_854_775_808))
        #expect(try parse("2.0") == .int(2))
        #expect(try parse("0.1") == .double(0.1))
        #expect(try parse("-0") == .int(0))
        #expect(try parse("1E-2") == .double(0.01))
    }

    @Test func escapesAreUndone() throws {
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é😀""#) == .string("\"\\/\u{8}\u{c}\n\r\té😀é😀"))
        #expect(try parse(#""a\ud83db\udc00""#) == .string("a\u{fffd}b\u{fffd}"))
        #expect(try parse(#""\ud83d\u0041""#) == .string("\u{fffd}A"))
        #expect(try parse(#""\u0000""#) == .string("\0"))
    }

    @Test func theLastOfEqualNamesCounts() throws {
        #expect(try parse("{\"a\":1,\"a\":2}") == ["a": 2])
    }

    private struct Line: Decodable { var prompt: String }

    /// Which of the two a person meant, nobody can tell.
    @Test(arguments: [
        #"{"prompt":"a","prompt":"b"}"#, #"{"id":"1","prompt":"a","id":"2"}"#, #"{"prompt":"a","facts":[{"x":1,"x":2}]}"#,
        #"{"prompt":"a","\u0070rompt":"a"}"#, #"{"prompt":"a","prompt":null}"#,
    ])
    func aFieldThatStandsTwiceInAPersonsFileIsRefused(line: String) throws {
        let data = Data("{\"prompt\":\"first\"}\n\(line)\n".utf8)
        for read in [
            { _ = try PromptFile.parse(data, name: "p.jsonl") },
            { _ = try JSONLines.parse(Line.self, data, name: "p.jsonl", isWritten: true) },
        ] as [() throws -> Void] {
            let error = try #require(throws: RecordError.self, performing: read)
            #expect(error.message.hasPrefix("p.jsonl:2: not JSON: the field \"") && error.message.contains("occurs twice"))
        }
    }

    @Test func aByteOrderMarkIsPassedOver() throws {
        #expect(try parse("\u{feff}{}") == [:])
    }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "[1", "[1,", "[1,]", "{,}", "{a:1}", "{\"a\" 1}", "tru",
        "nul", "01",
        "-", "1.", ".5", "1e", "+1", "1e999", "NaN", "'a'", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\", "\"a\nb\"", "{} {}", "1 2", "]",
        "}", "/*x*/1",
    ])
    func whatIsNoDocumentIsRefused(text: String) throws {
        let error = try #require(throws: RecordError.self) { try parse(text) }
        #expect(error.message.hasPrefix("not JSON: "))
        #expect(error.message.contains("at byte "))
    }

    @Test func textThatIsNotUTF8IsRefused() {
        #expect(throws: RecordError.self) { try JSONValue(parsing: Data([0x22, 0xff, 0x22])) }
    }

    @Test func nestingIsLimited() throws {
        let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(throws: Never.self) { try parse(deep) }
        #expect(throws: RecordError.self) { try parse("[" + deep + "]") }
        #expect(throws: RecordError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
    }

    @Test func canonicalSpellingReadsAsTheSameDocument() throws {
        let document: JSONValue = [
            "b": [1, 0.5, 1e300, -3, true, .null], "a": ["é\u{1}\u{1f}\u{7f}\"\\/\n\t\r\u{8}\u{c}": "😀"], "": [:], "z": [],
        ]
        #expect(try parse(document.canonical) == document)
        #expect(
            document.canonical
                == #"{"":{},"a":{"é\u0001\u001f\#u{7f}\"\\/\n\t\r\b\f":"😀"},"b":[1,0.5,1e+300,-3,true,null],"z":[]}"#)
    }

    @Test func everyTruncationOfADocumentIsRefused() throws {
        let text = Array(#"{"a":[1,{"b":"c\n\u00e9"},true,null],"d":-1.5e3}"#.utf8)
        for length in 0..<text.count {
            #expect(throws: RecordError.self) { try JSONValue(parsing: Data(text[..<length])) }
        }
    }
}
