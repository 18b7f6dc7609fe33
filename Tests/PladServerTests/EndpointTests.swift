import Foundation
import PladHTTP
import PladRecords
import PladServer
import PladTestSupport
import Testing

struct EndpointTests {
    private let chat: JSONValue = ["model": "twin", "messages": [["role": "user", "content": "hi"]]]
    private let completion: JSONValue = ["model": "twin", "prompt": "abc"]

    private func ask(
        _ path: String, _ body: JSONValue?, method: String = "POST", model: ScriptedModel = .reversing
    ) async throws -> LoopbackClient.Response {
        try await withServer(model) { try await LoopbackClient(port: $0.listener.port).ask(method, path, body) }
    }

    @Test func chatAnswersInTheShapeOfTheAPI() async throws {
        let response = try await ask("/v1/chat/completions", chat)
        #expect(response.status == 200)
        #expect(response.headers["content-type"] == "application/json")
        let body = response.json
        #expect(body["id"]?.string?.hasPrefix("chatcmpl-") == true)
        #expect(body["object"] == "chat.completion")
        #expect(body["created"] == 1_700_000_000)
        #expect(body["model"] == "twin")
        #expect(
            body["choices"] == [
                [
                    "index": 0, "finish_reason": "stop", "logprobs": .null,
                    "message": ["role": "assistant", "content": "0ih>resu<", "refusal": .null],
                ]
            ])
        #expect(body["usage"] == ["prompt_tokens": 8, "completion_tokens": 10, "total_tokens": 18])
    }

    @Test func messagePartsAndRolesReachTheTemplate() async throws {
        let body: JSONValue = [
            "model": "twin",
            "messages": [
                ["role": "developer", "content": "x"],
                ["role": "user", "content": [["type": "text", "text": "a"], ["type": "text", "text": "b"]]],
                ["role": "assistant", "content": ""],
            ],
        ]
        let text = try await ask("/v1/chat/completions", body).json["choices"]?[0]?["message"]?["content"]?.string
        #expect(text.map { String($0.dropFirst().reversed()) } == "<system>x<user>ab<assistant>")
    }

    @Test func whatAsksForNothingIsTaken() async throws {
        let neutral: [String: JSONValue] = [
            "repeat_penalty": 1.0, "repetition_penalty": 1, "min_p": 0, "typical_p": 1, "extra_body": .object([:]), "tools": [],
            "cache_prompt": true, "ignore_eos": false, "max_tokens": -1, "stream": true,
            "stream_options": ["include_obfuscation": false, "include_usage": true],
        ]
        let messages: JSONValue = [
            ["role": "user", "content": "a"], ["role": "assistant", "content": .null, "tool_calls": []], ["role": "assistant"],
            ["role": "user", "content": "b"],
        ]
        let body = neutral.merging(["model": "twin", "messages": messages]) { $1 }
        var roomy = ScriptedModel.reversing
        roomy.contextLength = 256
        let response = try await ask("/v1/chat/completions", .object(body), model: roomy)
        #expect(response.status == 200, "\(response.body)")
        let text = try response.eventDocuments.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.string }.joined()
        #expect(String(text.dropFirst().reversed()).hasPrefix("<user>a<assistant><assistant><user>b"))
        // -1 is as much as there is room for, not the 16 of completions without a limit.
        let long = ScriptedModel { [GeneratedPiece(sample: 0, text: String($0.parameters.maxTokens), tokens: 1, finishReason: .stop)] }
        let completion: JSONValue = ["model": "twin", "prompt": "abc", "max_tokens": -1]
        #expect(try await ask("/v1/completions", completion, model: long).json["choices"]?[0]?["text"] == "61")
    }

    @Test(
        arguments: [
            ("repeat_penalty", 1.1), ("min_p", 0.1), ("extra_body", ["top_k": 1]), ("max_tokens", -2),
            ("messages", [["role": "assistant", "content": .null, "tool_calls": [["id": "x"]]]]),
            ("messages", [["role": "user", "content": .null]]),
            ("stream_options", ["include_obfuscation": 1]),
        ] as [(String, JSONValue)])
    func whatAsksForMoreIsRefusedByItsName(field: String, value: JSONValue) async throws {
        guard case .object(var body) = chat else { return }
        (body[field], body["stream"]) = (value, true)
        let response = try await ask("/v1/chat/completions", .object(body))
        #expect(response.status == 400 && response.json["error"]?["param"]?.string?.hasPrefix(field) == true, "\(response.body)")
    }

    @Test func completionsTakeStringsAndIdsAndNumberChoicesPromptByPrompt() async throws {
        let body: JSONValue = ["model": "twin", "prompt": ["ab", [99, 100]], "n": 2, "max_tokens": 2]
        let response = try await ask("/v1/completions", body).json
        #expect(response["object"] == "text_completion")
        #expect(response["choices"]?.array?.map { $0["text"] } == ["0b", "1b", "0d", "1d"])
        #expect(response["choices"]?.array?.map { $0["index"] } == [0, 1, 2, 3])
        #expect(response["choices"]?.array?.map { $0["finish_reason"] } == ["length", "length", "length", "length"])
        #expect(response["usage"] == ["prompt_tokens": 4, "completion_tokens": 8, "total_tokens": 12])
        #expect(try await ask("/v1/completions", ["model": "twin", "prompt": [97, 98]]).json["choices"]?[0]?["text"] == "0ba")
    }

    @Test func parametersReachTheModel() async throws {
        let (seen, seeing) = AsyncStream.makeStream(of: GenerationRequest.self)
        let model = ScriptedModel { request in
            seeing.yield(request)
            return [GeneratedPiece(sample: 0, text: "", tokens: 1, finishReason: .stop)]
        }
        let body: JSONValue = [
            "model": "twin", "prompt": "abc", "max_tokens": 7, "temperature": 0.5, "top_p": 0.9, "top_k": 40, "stop": "\n", "seed": -1,
            "user": "u",
            "frequency_penalty": 0, "logprobs": .null,
        ]
        #expect(try await ask("/v1/completions", body, model: model).status == 200)
        _ = try await ask("/v1/completions", completion, model: model)
        _ = try await ask("/v1/chat/completions", chat, model: model)
        var requests = seen.makeAsyncIterator()
        let given = SamplingParameters(temperature: 0.5, topK: 40, topP: 0.9, maxTokens: 7, stop: ["\n"], seed: .max)
        let first = try #require(await requests.next())
        #expect(first == GenerationRequest(prompt: [97, 98, 99], parameters: given, asker: first.asker))
        #expect(await requests.next()?.parameters == SamplingParameters(maxTokens: 16))
        // A chat without a limit may fill the context: 64 less the 8 of the prompt.
        #expect(await requests.next()?.parameters == SamplingParameters(maxTokens: 56))
    }

    @Test func streamedChatJoinsToTheWholeAnswer() async throws {
        guard case .object(var members) = chat else { return }
        members.merge(["stream": true, "n": 2, "stream_options": ["include_usage": true]]) { $1 }
        let response = try await ask("/v1/chat/completions", .object(members))
        #expect(response.headers["content-type"] == "text/event-stream; charset=utf-8")
        #expect(response.events.last == "[DONE]")
        let documents = try response.eventDocuments
        #expect(documents.allSatisfy { $0["id"] == documents[0]["id"] })
        #expect(documents.allSatisfy { $0["object"] == "chat.completion.chunk" })
        #expect(documents.dropLast().allSatisfy { $0["usage"] == .null })
        #expect(documents.last?["choices"] == [])
        #expect(documents.last?["usage"] == ["prompt_tokens": 8, "completion_tokens": 20, "total_tokens": 28])
        for sample in 0..<2 {
            let choices = documents.compactMap { $0["choices"]?[0] }.filter { $0["index"]?.int == sample }
            #expect(choices.first?["delta"] == ["role": "assistant", "content": ""])
            #expect(choices.compactMap { $0["delta"]?["content"]?.string }.joined() == "\(sample)ih>resu<")
            #expect(choices.last?["finish_reason"] == "stop")
            #expect(choices.dropLast().allSatisfy { $0["finish_reason"] == .null })
        }
    }

    @Test func streamedCompletionWithoutUsageSaysNothingOfIt() async throws {
        let response = try await ask("/v1/completions", ["model": "twin", "prompt": ["ab", "cd"], "stream": true])
        let documents = try response.eventDocuments
        #expect(documents.allSatisfy { $0["usage"] == nil && $0["object"] == "text_completion" })
        for (choice, text) in ["0ba", "0dc"].enumerated() {
            let choices = documents.compactMap { $0["choices"]?[0] }.filter { $0["index"]?.int == choice }
            #expect(choices.compactMap { $0["text"]?.string }.joined() == text)
        }
    }

    @Test func failureOfTheModelIsA500OrEndsTheEvents() async throws {
        struct Broken: Failure {
            var message: String { "the weights melted" }
            var exitStatus: PladRecords.ExitStatus { .bug }
        }
        let model = ScriptedModel { _ in throw Broken() }
        let whole = try await ask("/v1/completions", completion, model: model)
        #expect(whole.status == 500)
        #expect(whole.json["error"]?["message"] == "the weights melted")
        #expect(whole.json["error"]?["type"] == "server_error")
        let streamed = try await ask("/v1/completions", ["model": "twin", "prompt": "abc", "stream": true], model: model)
        #expect(try streamed.eventDocuments.last?["error"]?["message"] == "the weights melted")
        #expect(!streamed.events.contains("[DONE]"))
    }

    @Test func modelsAndHealthDescribeTheServer() async throws {
        let models = try await ask("/v1/models", nil, method: "GET").json
        #expect(models["data"]?[0]?["id"] == "twin")
        #expect(models["data"]?[0]?["max_model_len"] == 64)
        #expect(try await ask("/v1/models/twin", nil, method: "GET").json == models["data"]?[0])
        #expect(try await ask("/v1/models/other", nil, method: "GET").status == 404)
        #expect(try await ask("/health", nil, method: "GET").json == ["status": "ok", "model": "twin"])
    }

    @Test func tokenIsAskedForEverywhereButHealth() async throws {
        try await withServer(ScriptedModel.reversing, token: "secret") { server in
            let client = try LoopbackClient(port: server.listener.port)
            #expect(try await client.ask("GET", "/health").status == 200)
            let missing = try await client.ask("POST", "/v1/completions", completion)
            #expect(missing.status == 401)
            #expect(missing.headers["www-authenticate"] == "Bearer")
            #expect(missing.json["error"]?["code"] == "missing_api_key")
            for wrong in ["Bearer wrong", "Basic secret", "secret"] {
                let response = try await client.ask("POST", "/v1/completions", completion, headers: ["Authorization": wrong])
                #expect(response.status == 401)
                #expect(response.json["error"]?["type"] == "authentication_error")
            }
            #expect(try await client.ask("POST", "/v1/completions", completion, headers: ["Authorization": "bearer secret"]).status == 200)
        }
    }
}
