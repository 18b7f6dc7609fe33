package import Foundation
package import PladHTTP
import PladRecords

/// The OpenAI-compatible endpoint of one model.
///
/// | path | method |
/// |---|---|
/// | `/v1/chat/completions`, `/v1/completions` | POST, whole or as server-sent events |
/// | `/v1/models`, `/v1/models/NAME` | GET |
/// | `/health` | GET, without a token |
///
/// `BrowserRules` decide about requests of web pages.
package struct OpenAIEndpoint: RequestHandler {
    private let model: any TextModel
    private let token: AccessToken?
    private let browsers: BrowserRules
    private let now: @Sendable () -> Date
    private let started: Date
    private let load: CompletionLoad

    /// - Parameters:
    ///   - token: token that clients must send; nil for none.
    ///   - browsers: rules for requests of web pages.
    ///   - completions: largest number of completions of all large calls under way.
    ///   - now: clock of the responses' `created`.
    package init(
        model: any TextModel, token: AccessToken?, browsers: BrowserRules, completions: Int = 16_384,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        load = CompletionLoad(most: completions)
        self.model = model
        self.token = token
        self.browsers = browsers
        self.now = now
        started = now()
    }

    package func response(to problem: HTTPProblem) -> HTTPResponse {
        APIError(problem).response
    }

    package func refusal(of head: ServerRequest) -> HTTPResponse? {
        if let error = browsers.refusal(of: head) { return error.response }
        guard head.path != "/health", browsers.preflight(head) == nil else { return nil }
        do {
            try authorise(head)
            return nil
        } catch {
            return response(error, to: head)
        }
    }

    package func handle(_ request: ServerRequest, on exchange: ServerExchange) async {
        do {
            if let response = refusal(of: request) ?? browsers.preflight(request) { return try await exchange.send(response) }
            try await answer(request, on: exchange)
        } catch let error as APIError {
            try? await exchange.send(response(error, to: request))
        } catch {
            // The client has gone: nobody is left to answer.
        }
    }

    private func response(_ error: APIError, to request: ServerRequest) -> HTTPResponse {
        var response = error.response
        response.headers.merge(browsers.headers(for: request)) { $1 }
        return response
    }

    /// Sends the response, with the header fields that let a page read it.
    private func send(_ document: JSONValue, to request: ServerRequest, on exchange: ServerExchange) async throws {
        var response = HTTPResponse(status: 200, json: document)
        response.headers.merge(browsers.headers(for: request)) { $1 }
        try await exchange.send(response)
    }

    /// Answers a request. Throws an `APIError` before anything is sent, or `HTTPError.gone`.
    ///
    /// - Precondition: `refusal` has returned nil for the request.
    private func answer(_ request: ServerRequest, on exchange: ServerExchange) async throws {
        if request.path == "/health" {
            try Self.require("GET", request)
            return try await send(["status": "ok", "model": .string(model.name)], to: request, on: exchange)
        }
        switch request.path {
        case "/v1/chat/completions", "/v1/completions":
            try Self.require("POST", request)
            try await generate(try call(request), for: request, on: exchange)
        case "/v1/models":
            try Self.require("GET", request)
            try await send(["object": "list", "data": [description]], to: request, on: exchange)
        case let path where path.hasPrefix("/v1/models/"):
            try Self.require("GET", request)
            let name = String(path.dropFirst("/v1/models/".count))
            guard name == model.name else { throw APIError.unknownModel(name, model.name) }
            try await send(description, to: request, on: exchange)
        default:
            throw APIError(
                404, "no such path: \(request.path); the API starts at /v1, for example /v1/chat/completions", code: "unknown_url")
        }
    }

    private func call(_ request: ServerRequest) throws(APIError) -> GenerationCall {
        let fields = try RequestFields(body: request.body)
        return request.path == "/v1/completions"
            ? try GenerationCall(completion: fields, model: model) : try GenerationCall(chat: fields, model: model)
    }

    private func generate(_ call: GenerationCall, for request: ServerRequest, on exchange: ServerExchange) async throws {
        let completions = call.prompts.reduce(0) { $0 + $1.samples }
        try load.enter(completions)
        defer { load.leave(completions) }
        let generation = Generation(call: call, model: model, format: ResponseFormat(call: call, model: model.name, now: now()))
        if call.streams {
            try await generation.stream(to: exchange, headers: browsers.headers(for: request))
        } else {
            try await send(try await generation.whole(), to: request, on: exchange)
        }
    }

    private var description: JSONValue {
        [
            "id": .string(model.name), "object": "model", "created": .int(Int64(started.timeIntervalSince1970)), "owned_by": "plad",
            "max_model_len": .int(Int64(model.contextLength)),
        ]
    }

    private func authorise(_ request: ServerRequest) throws(APIError) {
        guard let token else { return }
        guard let credentials = request.headers["authorization"] else {
            throw Self.unauthorised("this server asks for a token; send \"Authorization: Bearer TOKEN\"", "missing_api_key")
        }
        let parts = credentials.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", token.matches(String(parts[1])) else {
            throw Self.unauthorised("the token is not the one this server was started with", "invalid_api_key")
        }
    }

    private static func unauthorised(_ message: String, _ code: String) -> APIError {
        var error = APIError(401, message, code: code)
        error.headers["WWW-Authenticate"] = "Bearer"
        return error
    }

    /// Checks the method; HEAD is allowed wherever GET is.
    private static func require(_ method: String, _ request: ServerRequest) throws(APIError) {
        guard request.method != method, method != "GET" || request.method != "HEAD" else { return }
        var error = APIError(405, "\(request.path) takes \(method), not \(request.method)")
        error.headers["Allow"] = method == "GET" ? "GET, HEAD" : method
        throw error
    }
}
