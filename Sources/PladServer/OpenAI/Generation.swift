import Foundation
import PladHTTP
import PladRecords
import Synchronization

/// Executes one `GenerationCall`: all its prompts at once, whole or as server-sent events.
struct Generation: Sendable {
    let call: GenerationCall
    let model: any TextModel
    let format: ResponseFormat
    /// Number of the call for the model, which serves calls in turns.
    private let asker = Self.number.add(1, ordering: .relaxed).newValue

    private static let number = Atomic<Int>(0)

    init(call: GenerationCall, model: any TextModel, format: ResponseFormat) {
        self.call = call
        self.model = model
        self.format = format
    }

    /// The whole response. Throws an `APIError` if the model fails, `CancellationError` if the client has disconnected.
    func whole() async throws -> JSONValue {
        typealias Part = (first: Int, choices: [JSONValue], tokens: Int)
        let parts = try await withThrowingTaskGroup(of: Part.self) { group in
            for (number, request) in call.prompts.enumerated() {
                group.addTask {
                    var texts = [String](repeating: "", count: request.samples)
                    var reasons = [FinishReason?](repeating: nil, count: request.samples)
                    let tokens = try await pieces(of: request) { piece in
                        texts[piece.sample] += piece.text
                        reasons[piece.sample] = piece.finishReason
                    }
                    let first = number * request.samples
                    let choices = texts.indices.map {
                        format.choice(first + $0, text: texts[$0], finishReason: reasons[$0]!)
                    }
                    return (first, choices, tokens)
                }
            }
            return try await group.reduce(into: [Part]()) { $0.append($1) }.sorted { $0.first < $1.first }
        }
        return format.whole(choices: parts.flatMap(\.choices), usage: usage(completionTokens: parts.map(\.tokens).reduce(0, +)))
    }

    /// Sends the response piece by piece. If the model fails after the start, an error ends the events.
    ///
    /// - Parameter headers: additional header fields.
    func stream(to exchange: ServerExchange, headers: [String: String] = [:]) async throws {
        let events = EventStream(exchange: exchange, headers: headers)
        try await events.open()
        do {
            let tokens = try await withThrowingTaskGroup(of: Int.self) { group in
                for (number, request) in call.prompts.enumerated() {
                    group.addTask { try await stream(request, firstChoice: number * request.samples, to: events) }
                }
                return try await group.reduce(0, +)
            }
            if call.includesUsage { try await events.send(format.usageChunk(usage(completionTokens: tokens))) }
            try await events.send(literally: "[DONE]")
        } catch let error as APIError {
            try await events.send(error.body)
        }
        try await events.close()
    }

    /// Streams the samples of one prompt and returns the number of tokens drawn.
    private func stream(_ request: GenerationRequest, firstChoice: Int, to events: EventStream) async throws -> Int {
        for sample in 0..<request.samples {
            if let opening = format.opening(firstChoice + sample) { try await events.send(opening) }
        }
        return try await pieces(of: request) { piece in
            let choice = firstChoice + piece.sample
            if !piece.text.isEmpty { try await events.send(format.chunk(choice, text: piece.text)) }
            if let reason = piece.finishReason { try await events.send(format.closing(choice, reason)) }
        }
    }

    /// Passes each piece to `body` and returns the total number of tokens.
    private func pieces(of request: GenerationRequest, _ body: (GeneratedPiece) async throws -> Void) async throws -> Int {
        var tokens = 0
        var request = request
        request.asker = asker
        let pieces = model.generate(request)
        var iterator = pieces.makeAsyncIterator()
        while let piece = try await next(&iterator) {
            tokens += piece.tokens
            try await body(piece)
        }
        // A cancelled stream ends early and in silence.
        try Task.checkCancellation()
        return tokens
    }

    private func next(_ iterator: inout AsyncThrowingStream<GeneratedPiece, any Error>.Iterator) async throws -> GeneratedPiece? {
        do {
            return try await iterator.next()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw APIError(failing: error)
        }
    }

    private func usage(completionTokens: Int) -> Usage {
        Usage(promptTokens: call.prompts.map(\.prompt.count).reduce(0, +), completionTokens: completionTokens)
    }
}
