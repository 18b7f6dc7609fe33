import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import Testing

/// What every dialect owes, over bodies of the shape that its endpoint sends.
@Suite struct DialectContractTests {
    private static let system = [Message(role: "system", content: "Be brief."), Message(role: "user", content: "Why?")]

    private func read(_ shapes: DialectShapes, _ body: String, status: Int = 200) -> Reading {
        shapes.dialect().read(status: status, body: Data(body.utf8))
    }

    @Test(arguments: DialectShapes.all)
    func theNameLeadsToTheDialect(shapes: DialectShapes) {
        #expect(Dialects.names.contains(shapes.name))
        #expect(Dialects.named(shapes.name)?.name == shapes.name)
        #expect(Dialects.names.count == DialectShapes.all.count)
    }

    @Test(arguments: DialectShapes.all)
    func thePathIsFoundFromAnyBaseAndFromItself(shapes: DialectShapes) {
        let dialect = shapes.dialect()
        #expect(dialect.path(from: "") == shapes.path)
        #expect(dialect.path(from: shapes.base) == shapes.path)
        #expect(dialect.path(from: shapes.path) == shapes.path)
        #expect(dialect.path(from: "/proxy" + shapes.base) == "/proxy" + shapes.path)
    }

    @Test(arguments: DialectShapes.all)
    func theBodyIsAsDocumented(shapes: DialectShapes) throws {
        let parameters = SamplingParameters(temperature: 0.5, topK: 5, topP: 0.9, maxTokens: 9, stop: ["END"], seed: 40)
        let body = shapes.dialect().body(asking: Self.system, parameters, sample: 2)
        #expect(body.canonical == (try JSONValue(parsing: Data(shapes.request.utf8))).canonical)
    }

    @Test(arguments: DialectShapes.all)
    func whatIsNotAskedForIsNotSent(shapes: DialectShapes) {
        let body = shapes.dialect().body(asking: question, SamplingParameters(), sample: 0).canonical
        for word in ["stop\"", "stopSequences", "stop_sequences", "seed", "null"] { #expect(!body.contains(word), "\(word) in \(body)") }
    }

    @Test(arguments: DialectShapes.all)
    func extraFieldsAreLaidOver(shapes: DialectShapes) {
        let dialect = shapes.dialect(extra: ["novel": 7, "model": .null])
        let body = dialect.body(asking: question, SamplingParameters(), sample: 0)
        #expect(body["novel"] == 7)
        #expect(body["model"] == nil)
    }

    @Test func extraObjectsAreLaidOverFieldByField() {
        let body = GeminiDialect(model: "m", extra: ["generationConfig": ["temperature": .null, "thinkingConfig": ["thinkingBudget": 0]]])
            .body(asking: question, SamplingParameters(maxTokens: 9), sample: 0)
        #expect(body["generationConfig"] == ["maxOutputTokens": 9, "thinkingConfig": ["thinkingBudget": 0]])
    }

    @Test(arguments: DialectShapes.all)
    func anAnswerIsReadWhole(shapes: DialectShapes) {
        let usage = Usage(
            promptTokens: 11, completionTokens: 4, cachedTokens: shapes.cachedTokens, reasoningTokens: shapes.reasoningTokens)
        let expected = Completion(
            text: "Because.", finishReason: .stop, reasoning: shapes.reasoning, usage: usage, model: "m-1",
            fingerprint: shapes.fingerprint)
        #expect(read(shapes, shapes.answer) == .completion(expected))
    }

    @Test(arguments: DialectShapes.all)
    func everyEndHasItsMeaning(shapes: DialectShapes) {
        for (body, reason) in shapes.endings {
            guard case .completion(let completion) = read(shapes, body) else {
                Issue.record("\(body) reads as \(read(shapes, body))")
                continue
            }
            #expect(completion.finishReason == reason, "\(body)")
        }
    }

    @Test(arguments: DialectShapes.all)
    func anAnswerWithoutTextIsEmptyAndNotBroken(shapes: DialectShapes) {
        guard case .completion(let completion) = read(shapes, shapes.empty) else {
            Issue.record("\(shapes.empty) reads as \(read(shapes, shapes.empty))")
            return
        }
        #expect(completion.text == "")
    }

    @Test(arguments: DialectShapes.all)
    func thinkingThatEatsTheLimitIsTruncatedAndNoAnswer(shapes: DialectShapes) {
        for body in shapes.eaten {
            guard case .completion(let completion) = read(shapes, body) else {
                Issue.record("\(body) reads as \(read(shapes, body))")
                continue
            }
            #expect(completion.text == "" && completion.finishReason == .length, "\(body)")
        }
    }

    @Test(arguments: DialectShapes.all)
    func inlineThinkingIsNoPartOfTheText(shapes: DialectShapes) {
        let body = shapes.answer.replacing("Because.", with: "<think>Well, \\\"Why?\\\"</think>\\n\\nBecause.")
        guard case .completion(let completion) = read(shapes, body) else {
            Issue.record("\(read(shapes, body))")
            return
        }
        #expect(completion.text == "Because.")
        #expect(completion.reasoning == [shapes.reasoning, "Well, \"Why?\""].compactMap { $0 }.joined(separator: "\n"))
    }

    @Test(arguments: DialectShapes.all)
    func anAnswerCutOffAnywhereIsUnreadable(shapes: DialectShapes) {
        let bytes = Data(shapes.answer.utf8)
        for length in 0..<bytes.count {
            guard case .unreadable = shapes.dialect().read(status: 200, body: bytes.prefix(length)) else {
                Issue.record("\(length) bytes of an answer read as one")
                return
            }
        }
    }

    @Test(arguments: DialectShapes.all)
    func errorsAreReadWithTheirCode(shapes: DialectShapes) {
        let fault = ProviderFault(status: 429, code: shapes.errorCode, message: "slow down")
        #expect(read(shapes, shapes.error, status: 429) == .fault(fault))
        guard case .fault = read(shapes, shapes.error) else {
            Issue.record("an error under status 200 reads as \(read(shapes, shapes.error))")
            return
        }
    }

    @Test(arguments: DialectShapes.all)
    func anotherDialectsAnswerIsUnreadable(shapes: DialectShapes) {
        for other in DialectShapes.all where other.name != shapes.name {
            guard case .unreadable = read(shapes, other.answer) else {
                Issue.record("\(shapes.name) reads an answer of \(other.name) as \(read(shapes, other.answer))")
                continue
            }
        }
    }

    @Test(arguments: [
        ("https://api.openai.com/v1", "openai-chat"), ("http://127.0.0.1:8080", "openai-chat"),
        ("https://x.example/v1/completions", "openai-completions"),
        ("https://api.openai.com/v1/responses", "openai-responses"), ("https://api.anthropic.com", "anthropic"),
        ("https://x.example/v1/messages/", "anthropic"),
        ("https://generativelanguage.googleapis.com/v1beta", "gemini"),
        ("https://generativelanguage.googleapis.com/v1beta/openai/", "openai-chat"),
        ("http://localhost:11434/api/chat", "ollama"), ("http://localhost:11434/v1", "openai-chat"),
        ("https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1", "openai-chat"),
    ])
    func theAddressTellsTheDialect(remote: String, name: String) {
        #expect(Dialects.name(for: remote) == name)
    }

    @Test func keysAreSentAsTheEndpointWantsThem() {
        let styles = DialectShapes.all.map { $0.dialect().keyStyle }
        #expect(styles == [.bearer, .bearer, .bearer, .header("x-api-key"), .header("x-goog-api-key"), .bearer])
        for name in ["openai-chat", "openai-responses", "openai-completions"] {
            #expect(Dialects.named(name, remote: "https://x.openai.azure.com/openai/v1")?.keyStyle == .header("api-key"))
        }
        #expect(AnthropicDialect(model: "m").headers.map(\.description) == ["anthropic-version: 2023-06-01"])
    }
}
