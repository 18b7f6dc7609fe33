import Foundation
import PladRecords
import PladTestSupport
import PladTokenizer
import Testing

/// Damaged templates never crash or hang: they render, or a `TokenizerError` says why not.
struct ChatTemplateFuzzTests {
    @Test func damagedTemplatesAreRefusedOrRender() throws {
        struct Recorded: Decodable { var template: String }
        let file = TokenizerFixtures.folder.appendingPathComponent("chat-templates.json")
        let templates = try JSONDecoder().decode([Recorded].self, from: Data(contentsOf: file)).map { [UInt8]($0.template.utf8) }
        let messages = [
            Message(role: "system", content: "be brief"), Message(role: "user", content: "hi"), Message(role: "assistant", content: "yes"),
        ]
        try Fuzzing(name: "templates", share: 0.2).run(templates) { bytes, _ in
            let template = ChatTemplate(String(decoding: bytes, as: UTF8.self), name: "t", specialTokens: ["bos_token": "<s>"])
            _ = try template.render(messages: messages, addGenerationPrompt: true)
        }
    }
}
