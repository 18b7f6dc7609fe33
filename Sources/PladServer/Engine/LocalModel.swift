package import Foundation
package import PladRecords
package import PladStudent
import PladTokenizer

/// A student of a folder, served to many at once.
package struct LocalModel: TextModel {
    package let name: String
    private let configuration: StudentConfiguration
    package var vocabularySize: Int { tokenizer.vocabularySize }
    private let tokenizer: Tokenizer
    private let engine: DecodingEngine
    private let seeds = StreamSeeds()
    /// The folders that errors may name.
    private let places: [String]

    /// Reads the student.
    ///
    /// - Parameters:
    ///   - base: of an adapter's folder, the model that it changes.
    ///   - name: what clients call it; the folder's name where nil.
    ///   - slots: how many samples go forward together.
    ///   - weights: in what precision they are read for it.
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

    /// By the student's chat template, which spells its special tokens itself; without one, the contents joined by a newline.
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
