import Foundation
import PladHTTP
import PladRecords
import PladServer

/// A `TextModel` in memory: a token is a byte, and what it says is given by a closure.
struct ScriptedModel: TextModel {
    var name = "twin"
    var contextLength = 64
    func room(prompt: Int) -> Int { contextLength - prompt }
    let vocabularySize = 256
    /// The pieces of a request's answer; an answer without a finish reason stays open until it is cancelled.
    var answer: @Sendable (GenerationRequest) throws -> [GeneratedPiece]
    /// Told when a request that is open has been cancelled.
    var cancelled: @Sendable () -> Void = {}

    func encode(_ prompt: String) -> [TokenID] { prompt.utf8.map { TokenID($0) } }

    func encode(_ messages: [Message]) throws -> [TokenID] {
        encode(messages.map { "<\($0.role)>\($0.content)" }.joined())
    }

    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GeneratedPiece, any Error> {
        let (pieces, continuation) = AsyncThrowingStream.makeStream(of: GeneratedPiece.self)
        continuation.onTermination = { [cancelled] in if case .cancelled = $0 { cancelled() } }
        do {
            let answer = try answer(request)
            answer.forEach { continuation.yield($0) }
            if answer.isEmpty || answer.last?.finishReason != nil { continuation.finish() }
        } catch {
            continuation.finish(throwing: error)
        }
        return pieces
    }

    /// Says its prompt backwards, one piece a letter, once for every sample with the sample's number in front.
    static let reversing = ScriptedModel { request in
        (0..<request.samples).flatMap { sample -> [GeneratedPiece] in
            let text = String(sample) + String(String(decoding: request.prompt.map { UInt8($0) }, as: UTF8.self).reversed())
            let shown = text.prefix(request.parameters.maxTokens)
            let pieces = shown.map { GeneratedPiece(sample: sample, text: String($0), tokens: 1) }
            let reason: FinishReason = shown.count < text.count ? .length : .stop
            return pieces + [GeneratedPiece(sample: sample, text: "", tokens: reason == .stop ? 1 : 0, finishReason: reason)]
        }
    }
}

/// Serves `model` on a free port of the loopback while `body` runs.
func withServer<Value>(
    _ model: some TextModel, token: String? = nil, limits: RequestLimits = RequestLimits(), allowedOrigins: [String] = [],
    completions: Int = 16_384, _ body: (HTTPServer) async throws -> Value
) async throws -> Value {
    let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
    let endpoint = OpenAIEndpoint(
        model: model, token: try token.map { try AccessToken($0) },
        browsers: try BrowserRules(host: "127.0.0.1", allowedOrigins: allowedOrigins), completions: completions,
        now: { Date(timeIntervalSince1970: 1_700_000_000) })
    let server = HTTPServer(listener: listener, limits: limits, handler: endpoint)
    do {
        let value = try await body(server)
        await server.stop()
        return value
    } catch {
        await server.stop()
        throw error
    }
}
