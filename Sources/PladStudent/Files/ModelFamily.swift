import Foundation

/// A family of models: what its config.json says and how its files name tensors. One small file each.
struct ModelFamily: Sendable {
    /// Values of `model_type` that belong to the family.
    let modelTypes: [String]
    private let reading: @Sendable (ConfigurationFile) throws -> StudentConfiguration
    let names: @Sendable (StudentConfiguration) -> TensorNames

    /// No model is larger; sizes beyond would not fit into whole numbers either.
    private static let mostParameters = 1e13

    init(
        modelTypes: [String], configuration: @escaping @Sendable (ConfigurationFile) throws -> StudentConfiguration,
        names: @escaping @Sendable (StudentConfiguration) -> TensorNames
    ) {
        self.modelTypes = modelTypes
        reading = configuration
        self.names = names
    }

    /// Reads config.json. Throws `StudentError.config` for what is wrong there, beyond the transformer or beyond all measure.
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

    static let all: [ModelFamily] = [.llama, .mistral, .qwen2, .qwen3, .gpt2, .gptNeo, .t5]

    /// The family that `model_type` names. Throws `StudentError.config` for one that plad does not know, and for quantized weights.
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

/// What a family's files call the model's tensors. Linear layers and norms are named without ".weight" and ".bias".
struct TensorNames: Sendable {
    /// Begins the names of all but the head; files that were saved without it are read too.
    var prefix: String
    var embedding: String
    /// The table of learnt positions.
    var positions: String?
    var encoder: StackNames?
    var decoder: StackNames
    /// Absent from the files of tied models.
    var head = "lm_head.weight"
    /// Linear layers lie in the files as [inputs, outputs].
    var transposesProjections = false
    /// Tensors of older files that hold nothing to learn, or the same as another.
    var ignored: @Sendable (String) -> Bool = { _ in false }
    /// Tensors that some files hold beside `embedding`, and that must say the same.
    var embeddingCopies: [String] = []
}

/// A stack's names; all but `finalNorm` follow `layer(i)`.
struct StackNames: Sendable {
    var layer: @Sendable (Int) -> String
    var attention: AttentionNames
    /// Of the first layer, for all.
    var relativeBias: String?
    var cross: AttentionNames?
    var feedForwardNorm: String
    /// Gate and up, or the one projection.
    var feedForwardUp: [String]
    var feedForwardDown: String
    var finalNorm: String
}

struct AttentionNames: Sendable {
    var norm: String
    /// Query, key and value, or the one projection that joins them.
    var queryKeyValue: [String]
    var headNorms: (query: String, key: String)?
    var output: String
}
