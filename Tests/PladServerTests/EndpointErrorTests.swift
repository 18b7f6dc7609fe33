import Foundation
import PladHTTP
import PladRecords
import PladServer
import PladTestSupport
import Testing

/// What a client did wrong is told in the API's error shape, by the name of the field.
struct EndpointErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var path = "/v1/chat/completions"
        /// Replaces members of a valid body.
        var change: [String: JSONValue]
        var status = 400
        var parameter: String?
        /// Must stand in the message.
        var says: String
        var testDescription: String { says }
    }

    private static func messages(_ message: JSONValue) -> [String: JSONValue] { ["messages": [message]] }
    private static let completions = "/v1/completions"

    static let cases = [
        Case(change: ["model": "gpt-4"], status: 404, parameter: "model", says: "\"gpt-4\" does not exist; this server has \"twin\""),
        Case(change: ["model": .null], parameter: "model", says: "is missing"),
        Case(change: ["messages": []], parameter: "messages", says: "is empty"),
        Case(change: ["messages": .null], parameter: "messages", says: "is missing"),
        Case(change: ["messages": "hi"], parameter: "messages", says: "is not a list"),
        Case(change: messages("hi"), parameter: "messages[0]", says: "is not an object"),
        Case(change: messages(["role": "robot", "content": "x"]), parameter: "messages[0].role", says: "is \"robot\"; it must be system"),
        Case(change: messages(["role": "user", "content": 5]), parameter: "messages[0].content", says: "neither a string"),
        Case(
            change: messages(["role": "user", "content": [["type": "image_url"]]]), parameter: "messages[0].content[0]", says: "\"text\""),
        Case(change: ["temperature": "hot"], parameter: "temperature", says: "is not a number"),
        Case(change: ["temperature": 2.5], parameter: "temperature", says: "is 2.5; it must be 0.0 to 2.0"),
        Case(change: ["top_p": 0], parameter: "top_p", says: "above 0"),
        Case(change: ["top_k": -2], parameter: "top_k", says: "at least -1"),
        Case(change: ["n": 0], parameter: "n", says: "is 0; it must be 1 to 128"),
        Case(change: ["n": 129], parameter: "n", says: "is 129; it must be 1 to 128"),
        Case(change: ["n": 1.5], parameter: "n", says: "is not a whole number"),
        Case(change: ["max_tokens": 0], parameter: "max_tokens", says: "is 0; it must be at least 1"),
        Case(change: ["max_tokens": 1, "max_completion_tokens": 2], parameter: "max_tokens", says: "\"max_completion_tokens\" is 2"),
        Case(change: ["stop": [1]], parameter: "stop", says: "list of strings"),
        Case(change: ["stop": ["a", ""]], parameter: "stop", says: "empty string"),
        Case(change: ["seed": "x"], parameter: "seed", says: "is not a whole number"),
        Case(change: ["stream": 1], parameter: "stream", says: "neither true nor false"),
        Case(change: ["stream_options": ["include_usage": true]], parameter: "stream_options", says: "\"stream\" is not true"),
        Case(change: ["max_token": 5], parameter: "max_token", says: "is not a field"),
        Case(change: ["frequency_penalty": 0.5], parameter: "frequency_penalty", says: "is not supported"),
        Case(
            change: messages(["role": "user", "content": .string(String(repeating: "x", count: 60))]), parameter: "messages",
            says: "is 66 tokens long, but the context of \"twin\" holds 64"),
        Case(
            path: completions, change: ["prompt": .array(Array(repeating: "a", count: 17)), "n": 128], parameter: "n",
            says: "is 128 for each of 17 prompts, 2176 completions; one request takes at most 2048"),
        Case(path: completions, change: ["prompt": .null], parameter: "prompt", says: "is missing"),
        Case(path: completions, change: ["prompt": []], parameter: "prompt", says: "is empty"),
        Case(path: completions, change: ["prompt": ""], parameter: "prompt", says: "holds no tokens"),
        Case(path: completions, change: ["prompt": [97, 256]], parameter: "prompt[1]", says: "is not a token id below 256"),
        Case(path: completions, change: ["prompt": [["a"]]], parameter: "prompt[0][0]", says: "is not a token id"),
        Case(path: completions, change: ["prompt": true], parameter: "prompt", says: "neither a string nor a list"),
        Case(path: completions, change: ["messages": []], parameter: "messages", says: "is not a field"),
        Case(path: "/v1/embeddings", change: [:], status: 404, says: "no such path: /v1/embeddings"),
    ]

    @Test(arguments: cases) func faultIsNamed(_ fault: Case) async throws {
        let content: [String: JSONValue] =
            fault.path == Self.completions ? ["prompt": "abc"] : ["messages": [["role": "user", "content": "hi"]]]
        let body = ["model": "twin"].merging(content) { $1 }.merging(fault.change) { $1 }
        let response = try await withServer(ScriptedModel.reversing) { server in
            try await LoopbackClient(port: server.listener.port).ask("POST", fault.path, .object(body))
        }
        #expect(response.status == fault.status)
        let error = response.json["error"]
        #expect(error?["message"]?.string?.contains(fault.says) == true, "\(response.body)")
        #expect(error?["param"] == fault.parameter.map { .string($0) } ?? .null)
        #expect(error?["type"] == "invalid_request_error")
        #expect(error?["code"] != nil)
    }

    /// Below the endpoint, errors name files where they lie.
    @Test(arguments: [
        ("/home/me/models/x/chat_template.jinja: line 1: no", "chat_template.jinja: line 1: no"),
        ("cannot read \"/srv/a b/c.json\"; fetch /srv/x again", "b/c.json"),
        ("the weights of (/srv/x/model.safetensors) changed", "(model.safetensors)"),
        ("1/2 of /v1/models and a/b", "1/2 of models and a/b"),
    ]) func noPlaceOfThisMachineIsTold(message: String, told: String) async throws {
        let failing = ScriptedModel { _ in throw RecordError(.unreadable, message) }
        let response = try await withServer(failing) { server in
            try await LoopbackClient(port: server.listener.port).ask("POST", "/v1/completions", ["model": "twin", "prompt": "abc"])
        }
        let words = try #require(response.json["error"]?["message"]?.string)
        #expect(response.status == 500 && words.contains(told) && !words.contains("/srv") && !words.contains("/home"), "\(words)")
    }

    @Test(arguments: ["{", "", "[1]", "\"text\"", "{\"model\": nope}"])
    func bodyThatIsNoObjectIsRefused(body: String) async throws {
        try await withServer(ScriptedModel.reversing) { server in
            let client = try LoopbackClient(port: server.listener.port)
            client.send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let response = try await client.response()
            #expect(response.status == 400)
            #expect(response.json["error"]?["code"] == "invalid_json")
            // The connection is as good as before.
            #expect(try await client.ask("GET", "/health").status == 200)
        }
    }

    @Test func wrongMethodIsNamed() async throws {
        try await withServer(ScriptedModel.reversing) { server in
            let client = try LoopbackClient(port: server.listener.port)
            let response = try await client.ask("GET", "/v1/chat/completions")
            #expect(response.status == 405)
            #expect(response.json["error"]?["message"] == "/v1/chat/completions takes POST, not GET")
            #expect(response.headers["allow"] == "POST")
            #expect(try await client.ask("POST", "/health").headers["allow"] == "GET, HEAD")
        }
    }
}
