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

    /// What takes long on long texts counts by the characters that it touches, not by the calls.
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            "s[0]", "s[-1]", "s[1:2]", "part in s", "part not in s", "s.find(part)", "s.replace(part, '')", "s.split(part) | length",
            "s.strip(part)", "s.rstrip(('b' * 4000000) ~ 'a')", "s.startswith((s, s, s, s))", "s.endswith((part, s))", "s.title()",
            "''.strip(s)", "s | upper", "s.split() | length", "s | length", "s == t",
            "{s: 1}", "{'a': 1, s: 2}", "ns[s]", "message[s]", "message.get(s)", "s in message", "{s: 1} == {s: 1}", "{s: 1} | tojson",
            "many[s]", "[ns] | map(attribute=s) | length",
        ])
    func workOnLongTextsIsCountedByTheirLength(expression: String) throws {
        let many = (0..<20).map { "'k\($0)': 1" }.joined(separator: ", ")
        let texts =
            "{% set ns = namespace(a=1) %}{% set message = messages[0] %}{% set many = {\(many)} %}"
            + "{% set s = 'a' * 8000000 %}{% set t = ('a' * 7999999) ~ 'b' %}{% set part = ('a' * 400000) ~ 'b' %}"
        let loop = "{% for a in range(100000) %}{% for b in range(100) %}{% if \(expression) %}{% endif %}{% endfor %}{% endfor %}"
        #expect(try error(texts + loop).contains("takes more than 2000000 steps"))
    }

    @Test func aTextIsNotCutIntoMorePartsThanThereAreSteps() throws {
        for cut in ["split('a')", "split()", "replace('a', '')"] {
            #expect(try error("{{ ('a ' * 8000000).\(cut) | length }}").contains("steps"))
        }
    }

    @Test(arguments: [
        ("'aabaabaaab'.find('aaab')", "6"), ("'aaab'.find('ab')", "2"), ("'ab'.find('abc')", "-1"), ("'abcabd'.find('abd')", "3"),
        ("'aaaaaaa'.replace('aaa', 'b')", "bba"), ("'abababa'.replace('aba', 'x')", "xbx"), ("'aabaab'.split('aab') | length", "3"),
        ("'é→é'.find('é')", "0"), ("'a→é'.find('é')", "2"), ("'abab'.replace('ab', 'c', 1)", "cab"), ("'xxaxx'.strip('xa')", ""),
        ("'x y  z'.split() | join('-')", "x-y-z"), ("'straße'.upper()", "STRASSE"),
    ])
    func partsOfTextsAreFoundAsPythonFindsThem(expression: String, wanted: String) throws {
        let template = ChatTemplate("{{ \(expression) }}", name: "t", specialTokens: [:])
        #expect(try template.render(messages: [Message(role: "user", content: "hi")], addGenerationPrompt: false) == wanted)
    }

    @Test func largeMappingsKeepTheirOrderAndTheirLastValues() throws {
        let members = (0..<24).map { "'k\($0 % 20)': \($0)" }.joined(separator: ", ")
        let template = ChatTemplate(
            "{% set d = {\(members)} %}{{ d | length }} {{ d.k3 }} {{ d['k19'] }} {{ d.keys() | join }}", name: "t", specialTokens: [:])
        let text = try template.render(messages: [Message(role: "user", content: "hi")], addGenerationPrompt: false)
        #expect(text == "20 23 19 " + (0..<20).map { "k\($0)" }.joined())
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
