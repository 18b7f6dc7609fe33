import Foundation
import PladRecords
import Testing

/// What people give as prompts is read, or refused with what it looks like: no comment, header or foreign record is asked.
@Suite struct PromptFileTests {
    private func parse(_ text: String, name: String = "p.jsonl") throws -> [Prompt] { try PromptFile.parse(Data(text.utf8), name: name) }

    private func refusal(_ text: String, name: String = "p.jsonl") throws -> String {
        try #require(throws: RecordError.self) { try parse(text, name: name) }.message
    }

    @Test func jsonLinesPlainTextAndTablesAreRead() throws {
        let wanted = [Prompt(id: "a", text: "Once"), Prompt(id: "7", text: "Two, three", facts: ["3"]), Prompt(id: "line-4", text: "Four")]
        let lines = """
            {"id": "a", "prompt": "Once"}
            {"id": 7, "messages": [{"role": "user", "content": "Two, three"}], "facts": ["3"]}

            {"prompt": "Four", "id": null}
            """
        #expect(try parse(lines) == wanted)
        let table = "id,prompt,label,facts\r\na,Once,x,\r\n7,\"Two, three\",y,\"[\"\"3\"\"]\"\r\n,Four,z,\r\n"
        #expect(try parse(table, name: "p.csv") == wanted)
        #expect(try parse(table, name: "standard input") == wanted)
        #expect(try parse("\u{feff}Prompt;ID\nOnce;a\n", name: "p.csv") == [Prompt(id: "a", text: "Once")])
        #expect(try parse("prompt\tfacts\nOnce\tupon\n", name: "p.tsv") == [Prompt(id: "line-2", text: "Once", facts: ["upon"])])
        #expect(try parse("prompt\n\"a\n\"\"b\"\"\"\n", name: "p.csv") == [Prompt(id: "line-2", text: "a\n\"b\"")])
        let plain = "Say: yes, no\n# What is this?\n[1] Translate\n\"Stop\" said she.\n"
        #expect(
            try parse(plain, name: "p.txt").map(\.text) == ["Say: yes, no", "# What is this?", "[1] Translate", "\"Stop\" said she."])
        #expect(try parse("Berlin, Paris\nRome, Oslo\n", name: "p.txt").map(\.text) == ["Berlin, Paris", "Rome, Oslo"])
        #expect(try parse("One\nTwo\n", name: "standard input").map(\.id) == ["line-1", "line-2"])
    }

    @Test(arguments: [
        ("# note\n{\"prompt\":\"a\"}\n", "p.jsonl", "p.jsonl:1: is a comment"),
        ("{\"prompt\":\"a\"}\n// note\n", "p.jsonl", "p.jsonl:2: is a comment"),
        ("# note\n{\"prompt\":\"a\"}\n", "p.txt", "p.txt:1: is a comment"),
        ("\"a\"\n\"b\"\n", "p.jsonl", "p.jsonl is a file of JSON texts"),
        ("\"a\"\n\"b\"\n", "standard input", "is a file of JSON texts"),
        ("[\"a\", \"b\"]", "p.json", "is a JSON array"),
        ("[\n {\"prompt\": \"a\"}\n]\n", "p.json", "is a JSON array"),
        ("[{\"prompt\": \"a\"},\n", "p.json", "looks like a JSON array"),
        ("[{\"id\": \"s\", \"conversations\": []}]", "p.json", "looks like ShareGPT"),
        ("{\n \"prompt\": \"a\"\n}\n", "p.json", "p.json is one JSON document over several lines"),
        ("{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}]}", "p.jsonl", "p.jsonl:1: looks like ShareGPT"),
        ("{\"messages\": [{\"from\": \"human\", \"value\": \"a\"}]}", "p.jsonl", "as ShareGPT has"),
        ("{\"request\": {}, \"response\": {}}", "p.jsonl", "a log of requests and responses"),
        ("{\"custom_id\": \"1\", \"body\": {}}", "p.jsonl", "a line of a batch"),
        ("{\"instruction\": \"a\", \"input\": \"\"}", "p.jsonl", "Alpaca"),
        ("{\"question\": \"a\"}", "p.jsonl", "p.jsonl:1: has \"question\", but neither \"prompt\" nor \"messages\"; give one of them"),
        ("{\"prompt\": \"a\", \"messages\": []}", "p.jsonl", "has both"),
        ("{\"prompt\": \"a\", \"system\": \"b\"}", "p.jsonl", "\"system\" beside \"prompt\""),
        ("PAR1\u{1}\u{2}", "p.parquet", "p.parquet is Parquet"),
        ("version https://git-lfs.github.com/spec/v1\n", "p.jsonl", "a pointer of Git LFS"),
        ("<!DOCTYPE html>\n<html>", "p.jsonl", "a web page"),
        ("- one\n- two\n", "p.yaml", "is named as YAML"),
        ("ticket_id,body\n1,Help\n", "p.csv", "the columns \"ticket_id\", \"body\": name the one to be asked \"prompt\""),
        ("ticket_id,body\n1,Help\n", "standard input", "looks like a table"),
        ("prompt,id\nA, b,1\n", "p.csv", "p.csv:2: has 3 fields, the header 2"),
        ("prompt,id\n\"A\n", "p.csv", "p.csv:2: a quote is not closed"),
        ("prompt,prompt\na,b\n", "p.csv", "two columns are named \"prompt\""),
        ("prompt,id\n ,1\n", "p.csv", "p.csv:2: the prompt \"1\" is empty"),
        ("{\"prompt\": \"\\ud83d\"}", "p.jsonl", "p.jsonl:1: not JSON: \\ud83d is half a character"),
        ("{\"prompt\": \"\\ude00 \\ud83d\"}", "p.jsonl", "\\ude00 is half a character"),
        ("{\"prompt\": \"a\"}\n{\"prompt\": \"\"}\n", "p.jsonl", "p.jsonl:2: the prompt \"line-2\" is empty"),
        ("{\"prompt\": \"a\", \"id\": 1.5}", "p.jsonl", "\"id\" is neither a text nor a whole number"),
        ("{\"prompt\": [{\"role\": \"user\"}]}", "p.jsonl", "\"prompt\" is a list; give its turns as \"messages\""),
        ("{\"messages\": [{\"role\": \"bot\", \"content\": \"a\"}]}", "p.jsonl", "\"messages[0].role\" is none of system"),
        ("{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\"}]}]}", "p.jsonl", "\"messages[0].content\" is a list"),
        (
            "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}", "p.jsonl",
            "p.jsonl:1: \"messages\" ends in an assistant's turn"
        ),
        ("{\"prompt\": \"a\", \"facts\": \"b\"}", "p.jsonl", "\"facts\" is not a list of texts"),
    ])
    func whatIsNoPromptIsRefusedWithWhatItLooksLike(text: String, name: String, wanted: String) throws {
        let message = try refusal(text, name: name)
        #expect(message.contains(wanted), "\(message)")
    }

    @Test func textOfAnotherEncodingIsRefused() throws {
        let cases: [([UInt8], String)] = [
            ([0x61, 0xe9, 0x0a], "p.txt:1: is not UTF-8"), ([0xff, 0xfe, 0x61, 0], "is UTF-16"), ([0x61, 0, 0x62], "zero"),
        ]
        for (bytes, wanted) in cases {
            let error = try #require(throws: RecordError.self) { try PromptFile.parse(Data(bytes), name: "p.txt") }
            #expect(error.message.contains(wanted), "\(error.message)")
        }
    }

    @Test func pairsOfAnotherFormatNameIt() throws {
        let cases = [
            (
                "{\"prompt\":\"a\",\"chosen\":\"\\udc00\"}",
                "f:1: not JSON: \\udc00 is half a character, without its other half, at byte 29 of 32"
            ),
            ("# note\n", "f:1: is a comment"), ("[{\"prompt\":\"a\"}]", "f:1: is a JSON array"), ("PAR1", "f is Parquet"),
        ]
        for (text, wanted) in cases {
            let error = try #require(throws: RecordError.self) { try JSONLines.parse(PreferencePair.self, Data(text.utf8), name: "f") }
            #expect(error.message.contains(wanted), "\(error.message)")
        }
        #expect(
            try JSONLines.parse(PreferencePair.self, Data("{\"id\":7}\n{\"id\":\"a\"}\n{}".utf8), name: "f").map(\.id) == ["7", "a", nil])
    }
}
