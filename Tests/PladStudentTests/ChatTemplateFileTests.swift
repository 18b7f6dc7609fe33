import Foundation
import PladRecords
import PladStudent
import PladTestSupport
import Testing

/// Where a written student keeps its chat template: in one place, since readers differ in which they take.
@Suite struct ChatTemplateFileTests {
    private static let forms = [
        ("{\"chat_template\": \"old\", \"a\": 1}", "{\"a\": 1}"), ("{\"a\": 1, \"chat_template\": \"old {[,\\\"\"}", "{\"a\": 1}"),
        ("{\n  \"a\": 1e30,\n  \"chat_template\": \"old\",\n  \"b\": [2]\n}\n", "{\n  \"a\": 1e30,\n  \"b\": [2]\n}\n"),
        ("{\"chat_template\": [{\"name\": \"default\", \"template\": \"old\"}], \"b\": 2}", "{\"b\": 2}"),
        (
            "{\"x\": {\"chat_template\": 1}, \"y\": \"chat_template\", \"chat_template\": null}",
            "{\"x\": {\"chat_template\": 1}, \"y\": \"chat_template\"}"
        ),
        ("{\"chat_template\": \"old\"}", "{}"),
    ]

    @Test(arguments: forms)
    func aWrittenTemplateLeavesNoOlderOneBesideIt(configuration: String, left: String) throws {
        let source = try TemporaryFolder(of: "llama-gqa-tied")
        try source.write(configuration, "tokenizer_config.json")
        let student = try Student(folder: source.url, threads: 1)
        try student.save(to: source.file("out"), as: .f32, chatTemplate: "new")
        #expect(try String(decoding: source.bytes("out/tokenizer_config.json"), as: UTF8.self) == left)
        #expect(try String(decoding: source.bytes("out/chat_template.jinja"), as: UTF8.self) == "new")
        // Without a template of its own the student keeps the one it came with.
        try student.save(to: source.file("kept"), as: .f32)
        #expect(try String(decoding: source.bytes("kept/tokenizer_config.json"), as: UTF8.self) == configuration)
    }
}
