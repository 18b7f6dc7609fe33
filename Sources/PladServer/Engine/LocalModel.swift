package import Foundation
package import PladRecords
package import PladStudent
import PladTokenizer

/// A student that serves many requests at once.
package struct LocalModel: TextModel {
    package let name: String
    private let configuration: StudentConfiguration
    package var vocabularySize: Int { tokenizer.vocabularySize }
    private let tokenizer: Tokenizer
    private let engine: DecodingEngine
    private let seeds = StreamSeeds()
    /// Paths that error messages must not show.
    private let places: [String]

    /// Reads the student.
    ///
    /// - Parameters:
    ///   - base: path of the model that an adapter changes.
    ///   - name: name for clients; nil for the folder's name.
    ///   - slots: number of samples in a batch.
    ///   - weights: precision of the weights.
    package init(folder: URL, base: URL? = nil, name: String?, threads: Int, slots: Int, weights: DecodeWeights = .float32) throws {
        let student = try Student(folder: folder, base: base, threads: threads)
        // A server outlives what is done to its files.
        try student.ownWeights()
        let tokenizer = student.tokenizer
        places = [folder, base].compactMap { $0.map { $0.path + "/" } }
        self.name = name ?? folder.standardizedFileURL.lastPathComponent
        self.tokenizer = tokenizer
        configuration = student.configuration
        let endOfSequence = Set(student.endOfSequence)
        engine = DecodingEngine(
            source: BatchDecoder(student: student, slots: slots, weights: weights), endOfSequence: endOfSequence,
            textDecoder: { tokenizer.streamingDecoder() })
    }

    package var contextLength: Int { configuration.contextLength }

    package func room(prompt: Int) -> Int { configuration.room(prompt: prompt) }

    package func encode(_ prompt: String) -> [TokenID] {
        tokenizer.encodePrompt(prompt)
    }

    /// The ids by the student's chat template, which spells special tokens itself; without one, of the contents joined by a newline.
    package func encode(_ messages: [Message]) throws -> [TokenID] {
        guard let template = tokenizer.chatTemplate else { return encode(messages.map(\.content).joined(separator: "\n")) }
        do {
            return tokenizer.encode(try template.render(messages: messages, addGenerationPrompt: true), addSpecialTokens: false)
        } catch let error as TokenizerError {
            // Clients need not learn where this machine keeps its files.
            throw TokenizerError(error.code, places.reduce(error.message) { $0.replacing($1, with: "") })
        }
    }

    package func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GeneratedPiece, any Error> {
        let streams = seeds.streams(for: request)
        let decoding = DecodeRequest(prompt: request.prompt, parameters: request.parameters, streams: streams, asker: request.asker)
        return engine.generate(decoding, streams: request.streams)
    }
}
