import Foundation
import PladHTTP
import PladRecords
import PladServer
import PladStudent
import PladTestSupport
import PladTokenizer
import Testing

/// A tiny real student behind the endpoint says what it says when asked directly.
struct ServedStudentTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/goldens/llama-gqa-tied")

    private func served(slots: Int = 4) throws -> LocalModel {
        try LocalModel(folder: Self.folder, name: "tiny", threads: 1, slots: slots)
    }

    private func completion(_ prompt: String, seed: Int, temperature: Double = 1, streams: Bool = false) -> JSONValue {
        [
            "model": "tiny", "prompt": .string(prompt), "max_tokens": 12, "temperature": .double(temperature), "seed": .int(Int64(seed)),
            "n": 2, "stream": .bool(streams),
        ]
    }

    @Test func greedyCompletionIsTheStudentsOwn() async throws {
        let student = try Student(folder: Self.folder, threads: 1)
        let prompt = student.tokenizer.encode("The quick brown", addSpecialTokens: true)
        let request = DecodeRequest(
            prompt: prompt, parameters: SamplingParameters(temperature: 0, maxTokens: 12), streams: [SeededGenerator(seed: 0, "any")])
        let sample = try student.sample([request], slots: 1)[0][0]
        let response = try await withServer(served()) {
            try await LoopbackClient(port: $0.listener.port).ask(
                "POST", "/v1/completions", completion("The quick brown", seed: 1, temperature: 0))
        }
        #expect(response.json["choices"]?[0]?["text"] == .string(sample.text))
        #expect(response.json["choices"]?[1]?["text"] == .string(sample.text))
        #expect(response.json["choices"]?[0]?["finish_reason"] == .string(sample.finishReason.rawValue))
        #expect(response.json["usage"]?["prompt_tokens"]?.int == prompt.count)
        #expect(response.json["usage"]?["completion_tokens"]?.int == 2 * sample.ids.count)
    }

    @Test func clientsDoNotLearnWhereFilesLie() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plad-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: Self.folder, to: folder)
        try Data("{{ raise_exception('no') }}".utf8).write(to: folder.appendingPathComponent("chat_template.jinja"))
        let model = try LocalModel(folder: folder, name: "tiny", threads: 1, slots: 1)
        let body: JSONValue = ["model": "tiny", "messages": [["role": "user", "content": "a"]]]
        let response = try await withServer(model) {
            try await LoopbackClient(port: $0.listener.port).ask("POST", "/v1/chat/completions", body)
        }
        #expect(response.status == 400 && response.body.contains("chat_template.jinja: line 1"))
        #expect(!response.body.contains(folder.deletingLastPathComponent().path), "\(response.body)")
    }

    @Test func whatElseIsServedChangesNothing() async throws {
        let prompts = (0..<12).map { "Number \($0) of the" }
        let alone = try await withServer(served(slots: 1)) { server in
            var texts: [JSONValue?] = []
            for (seed, prompt) in prompts.enumerated() {
                let client = try LoopbackClient(port: server.listener.port)
                texts.append(try await client.ask("POST", "/v1/completions", completion(prompt, seed: seed)).json["choices"])
            }
            return texts
        }
        let together = try await withServer(served(slots: 8)) { server in
            let port = server.listener.port
            return try await withThrowingTaskGroup(of: (Int, JSONValue?).self) { group in
                for (seed, prompt) in prompts.enumerated() {
                    group.addTask {
                        let client = try LoopbackClient(port: port)
                        return (seed, try await client.ask("POST", "/v1/completions", completion(prompt, seed: seed)).json["choices"])
                    }
                }
                return try await group.reduce(into: [JSONValue?](repeating: nil, count: prompts.count)) { $0[$1.0] = $1.1 }
            }
        }
        #expect(alone == together)
        #expect(alone[0]?[0]?["text"] != alone[0]?[1]?["text"])
    }

    @Test func streamedTextIsTheWholeText() async throws {
        try await withServer(served()) { server in
            let client = try LoopbackClient(port: server.listener.port)
            let whole = try await client.ask("POST", "/v1/completions", completion("Once", seed: 3)).json
            let events = try await client.ask("POST", "/v1/completions", completion("Once", seed: 3, streams: true)).eventDocuments
            for sample in 0..<2 {
                let choices = events.compactMap { $0["choices"]?[0] }.filter { $0["index"]?.int == sample }
                #expect(.string(choices.compactMap { $0["text"]?.string }.joined()) == whole["choices"]?[sample]?["text"])
            }
        }
    }

    @Test func promptOverTheContextNamesBothNumbers() async throws {
        let model = try served()
        let prompt = String(repeating: "word ", count: model.contextLength + 1)
        let tokens = model.encode(prompt).count
        let response = try await withServer(model) {
            try await LoopbackClient(port: $0.listener.port).ask("POST", "/v1/completions", completion(prompt, seed: 0))
        }
        #expect(response.status == 400)
        let message = response.json["error"]?["message"]?.string ?? ""
        #expect(message.contains(" \(tokens) tokens") && message.contains("holds \(model.contextLength)"))
    }
}
