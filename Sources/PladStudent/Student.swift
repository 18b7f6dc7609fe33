package import Foundation
package import PladRecords
package import PladTensor

/// The local model: a decoder with its tokenizer, read from a Hugging Face folder. Synchronous and of a single owner.
package final class Student {
    package let configuration: StudentConfiguration
    package let tokenizer: Tokenizer
    /// Ids that end a sequence: those of generation_config.json, else config.json, else the tokenizer. The first one is appended to completions that are trained on.
    package let endOfSequence: [TokenID]
    package let weights: Weights
    package let workers: Workers

    /// Reads config.json, the safetensors files, the tokenizer and generation_config.json. Throws `StudentError` that names the file, the tensor and the numbers.
    package init(folder: URL, threads: Int) throws {
        fatalError()
    }

    /// Writes a Hugging Face folder that `transformers` loads: config.json, model.safetensors, generation_config.json and the tokenizer's files.
    ///
    /// The same weights give the same bytes. The folder is complete or absent, never a part.
    package func save(to folder: URL, as dtype: TensorType) throws {
        fatalError()
    }

    /// Writes a random student: matrices from normal(0, initializer_range), norms 1, the tokenizer's files copied. The same seed gives the same bytes.
    package static func initialise(config: URL, tokenizer: URL, seed: UInt64, into folder: URL) throws {
        fatalError()
    }

    /// Log-probabilities in nats, [tree][continuation][token], without gradients; memory is bounded whatever the number of trees.
    package func logProbabilities(of trees: [PromptTree]) throws -> [[[Float]]] {
        fatalError()
    }
}
