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
package struct OpenAIEndpoint: RequestHandler {
    private let model: any TextModel
    private let token: AccessToken?
    private let now: @Sendable () -> Date
    private let started: Date

    /// - Parameters:
    ///   - token: what clients must show; nil asks for none.
    ///   - now: the clock of the responses' `created`.
    package init(model: any TextModel, token: AccessToken?, now: @escaping @Sendable () -> Date = { Date() }) {
        self.model = model
        self.token = token
        self.now = now
        started = now()
    }

    package func response(to problem: HTTPProblem) -> HTTPResponse {
        APIError(problem).response
    }

    package func handle(_ request: ServerRequest, on exchange: ServerExchange) async {
        do {
            try await answer(request, on: exchange)
        } catch let error as APIError {
            try? await exchange.send(error.response)
        } catch {
            // The client has gone: nobody is left to answer.
        }
    }

    /// Throws an `APIError` before anything is sent, or `HTTPError.gone`.
    private func answer(_ request: ServerRequest, on exchange: ServerExchange) async throws {
        if request.path == "/health" {
            try Self.require("GET", request)
            return try await exchange.send(HTTPResponse(status: 200, json: ["status": "ok", "model": .string(model.name)]))
        }
        try authorise(request)
        switch request.path {
        case "/v1/chat/completions", "/v1/completions":
            try Self.require("POST", request)
            try await generate(try call(request), on: exchange)
        case "/v1/models":
            try Self.require("GET", request)
            try await exchange.send(HTTPResponse(status: 200, json: ["object": "list", "data": [description]]))
        case let path where path.hasPrefix("/v1/models/"):
            try Self.require("GET", request)
            let name = String(path.dropFirst("/v1/models/".count))
            guard name == model.name else { throw APIError.unknownModel(name, model.name) }
            try await exchange.send(HTTPResponse(status: 200, json: description))
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

    private func generate(_ call: GenerationCall, on exchange: ServerExchange) async throws {
        let generation = Generation(call: call, model: model, format: ResponseFormat(call: call, model: model.name, now: now()))
        if call.streams {
            try await generation.stream(to: exchange)
        } else {
            try await exchange.send(HTTPResponse(status: 200, json: try await generation.whole()))
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

    /// What takes GET takes HEAD, too.
    private static func require(_ method: String, _ request: ServerRequest) throws(APIError) {
        guard request.method != method, method != "GET" || request.method != "HEAD" else { return }
        var error = APIError(405, "\(request.path) takes \(method), not \(request.method)")
        error.headers["Allow"] = method == "GET" ? "GET, HEAD" : method
        throw error
    }
}
