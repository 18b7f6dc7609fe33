import Foundation
import PladRecords
import PladTokenizer
import Testing

/// What `transformers` renders, as make_chat_templates.py recorded it.
private struct RecordedTemplate: Decodable, CustomTestStringConvertible, Sendable {
    struct Case: Decodable, Sendable {
        var messages: [Message]
        var variables: [String: JSONValue]
        var addGenerationPrompt: Bool
        var text: String?
    }

    var name: String
    var template: String
    var specialTokens: [String: String]
    var cases: [Case]

    var testDescription: String { name }

    static let all: [RecordedTemplate] = {
        let file = TokenizerFixtures.folder.appendingPathComponent("chat-templates.json")
        return try! JSONDecoder().decode([RecordedTemplate].self, from: Data(contentsOf: file))
    }()
}

struct ChatTemplateTests {
    @Test(arguments: RecordedTemplate.all)
    private func rendersAsTransformersDoes(recorded: RecordedTemplate) throws {
        let template = ChatTemplate(recorded.template, name: recorded.name, specialTokens: recorded.specialTokens)
        for entry in recorded.cases {
            let rendered = Result {
                try template.render(messages: entry.messages, addGenerationPrompt: entry.addGenerationPrompt, variables: entry.variables)
            }
            switch (rendered, entry.text) {
            case (.success(let text), .some(let expected)):
                #expect(Array(text.utf8) == Array(expected.utf8), "\(text.debugDescription) instead of \(expected.debugDescription)")
            case (.success(let text), .none): Issue.record("rendered \(text.debugDescription), where transformers refuses")
            case (.failure(let error), .some): Issue.record("\(error)")
            case (.failure(let error), .none): #expect((error as? TokenizerError)?.code == .template)
            }
        }
    }

    private func error(_ source: String) throws -> String {
        let template = ChatTemplate(source, name: "model/chat_template.jinja", specialTokens: [:])
        let error = #expect(throws: TokenizerError.self) {
            try template.render(messages: [Message(role: "user", content: "hi")], addGenerationPrompt: true)
        }
        return try #require(error).message
    }

    @Test(arguments: [
        ("a\n{% include 'x' %}", "line 2: the statement \"include\""),
        ("{{ 'a' }}\n\n{{ messages | batch(2) }}", "line 3: the filter \"batch\""),
        ("{{ messages is sameas(1) }}", "line 1: the test \"sameas\""),
        ("{% if true %}\n{{ cycler(1) }}{% endif %}", "line 2: the function \"cycler\""),
        ("{{ 'a'.zfill(3) }}", "line 1: the method \"zfill\""),
        ("{{ raise_exception('Be\\nnice') }}", "line 1: the template does not accept these messages: Be\nnice"),
        ("{% for x in messages %}", "\"else\" or \"endfor\" expected"),
        ("{{ messages", "line 1: a tag does not end"),
        ("{{ 1 / 0 }}", "divided by 0"),
        ("\n{{ messages }}", "line 2: a list is printed"),
        ("{{ 9223372036854775807 + 1 }}", "out of range"),
    ])
    func refusalsNameTheThingAndTheLine(source: String, part: String) throws {
        let message = try error(source)
        #expect(message.hasPrefix("model/chat_template.jinja: ") && message.contains(part), "\(message)")
    }

    @Test(arguments: [
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxxxxxxxxxx') %}{% for a in range(1000) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for a in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for a in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l == ns.l }}",
        "{% set ns = namespace(l=[1]) %}{% for a in range(40) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson }}",
        "{{ 'aaaaaaaaaaaaaaaa' * 4611686018427387904 }}",
        "{{ ('a' * 10000).replace('a', 'b' * 10000000) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    ])
    func templatesThatWouldRunWildAreStopped(source: String) throws {
        _ = try error(source)
    }

    @Test func deepNestingIsRefusedNotOverflown() throws {
        #expect(
            try error("{{ " + String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000) + " }}").contains("more than")
        )
        #expect(try error("{{ 1" + String(repeating: "+1", count: 5000) + " }}").contains("more than"))
        #expect(try error("{{ " + String(repeating: "not ", count: 400) + "1 }}").contains("more than"))
        #expect(try error(String(repeating: "{% if 1 %}", count: 5000)).contains("nested deeper"))
    }

    @Test func strftimeTellsTheTimeItIsGiven() throws {
        let template = ChatTemplate("{{ strftime_now('%Y') }}", name: "t", specialTokens: [:])
        let middleOf2024 = Date(timeIntervalSince1970: 1_720_000_000)
        let text = try template.render(messages: [Message(role: "user", content: "hi")], addGenerationPrompt: false, now: middleOf2024)
        #expect(text == "2024")
    }
}
