import Foundation
import PladRecords

/// A family of models: its reading of config.json and its names of tensors. One small file each.
struct ModelFamily: Sendable {
    /// Values of `model_type` that belong to the family.
    let modelTypes: [String]
    private let reading: @Sendable (ConfigurationFile) throws -> StudentConfiguration
    let names: @Sendable (StudentConfiguration) -> TensorNames

    /// Largest number of parameters; larger sizes would also overflow integers.
    private static let mostParameters = 1e13

    init(
        modelTypes: [String], configuration: @escaping @Sendable (ConfigurationFile) throws -> StudentConfiguration,
        names: @escaping @Sendable (StudentConfiguration) -> TensorNames
    ) {
        self.modelTypes = modelTypes
        reading = configuration
        self.names = names
    }

    /// Reads config.json. Throws `StudentError.config` for a wrong or excessive value, and for one that plad does not implement.
    func configuration(_ file: ConfigurationFile) throws -> StudentConfiguration {
        let configuration = try reading(file)
        guard configuration.roughParameters <= Self.mostParameters else {
            throw StudentError(
                .config,
                "\(file.path): its sizes make a model of \(String(format: "%.1g", configuration.roughParameters)) parameters; are they damaged?"
            )
        }
        return configuration
    }

    static let all: [ModelFamily] = [
        .llama, .mistral, .qwen2, .qwen3, .gemma2, .gemma3, .smollm3, .olmo2, .granite, .phi3, .gpt2, .gptNeo, .t5,
    ]

    /// The family that `model_type` names. Throws `StudentError.config` for an unknown one, and for quantized weights.
    static func named(by file: ConfigurationFile) throws -> ModelFamily {
        try Quantization.refuse(in: file)
        guard let type = try file.string("model_type") else { throw file.refuse("model_type", "is missing") }
        guard let family = all.first(where: { $0.modelTypes.contains(type) }) else {
            let known = all.flatMap(\.modelTypes).joined(separator: ", ")
            throw file.refuse("model_type", "is not among the families that plad knows: \(known)")
        }
        return family
    }
}

/// The names of a family's tensors in its files. Linear layers and norms are named without ".weight" and ".bias".
struct TensorNames: Sendable {
    /// Prefix of all names but the head's; files that were saved without it are read too.
    var prefix: String
    var embedding: String
    /// Name of the table of learned positions.
    var positions: String?
    var encoder: StackNames?
    var decoder: StackNames
    /// Name of the output head; absent from the files of tied models.
    var head = "lm_head.weight"
    /// True if the files store linear layers as [inputs, outputs].
    var transposesProjections = false
    /// True for tensors in older files that training does not change or that duplicate another.
    var ignored: @Sendable (String) -> Bool = { _ in false }
    /// Tensors that some files hold beside `embedding`, and that must say the same.
    var embeddingCopies: [String] = []
}

/// A stack's tensor names; all but `finalNorm` follow `layer(i)`.
struct StackNames: Sendable {
    var layer: @Sendable (Int) -> String
    var attention: AttentionNames
    /// Name of the relative bias, which the first layer's part of the file holds for all layers.
    var relativeBias: String?
    var cross: AttentionNames?
    /// Name of the norm before the feed-forward layer; nil without one, as `AttentionNames.norm`.
    var feedForwardNorm: String?
    /// Names of the gate and up projections, or of the single or joined one.
    var feedForwardUp: [String]
    var feedForwardDown: String
    /// Name of the norm behind the feed-forward layer, if its output has one.
    var feedForwardOutputNorm: String?
    var finalNorm: String
}

struct AttentionNames: Sendable {
    /// Name of the norm before attention; nil if its input is the residual stream itself.
    var norm: String?
    /// Names of the query, key and value projections, or of the joined one.
    var queryKeyValue: [String]
    var headNorms: (query: String, key: String)?
    var output: String
    /// Name of the norm behind attention, if its output has one.
    var outputNorm: String?
}
