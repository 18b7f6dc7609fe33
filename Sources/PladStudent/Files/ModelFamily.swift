/// A family of models: what its config.json says and how its files name tensors. One small file each.
struct ModelFamily: Sendable {
    /// Values of `model_type` that belong to the family.
    let modelTypes: [String]
    /// Reads config.json. Throws `StudentError.config` for what is wrong there or beyond the decoder.
    let configuration: @Sendable (ConfigurationFile) throws -> StudentConfiguration
    let names: TensorNames

    static let all: [ModelFamily] = [.llama]

    /// The family that `model_type` names.
    static func named(by file: ConfigurationFile) throws -> ModelFamily {
        guard let type = try file.string("model_type") else { throw file.refuse("model_type", "is missing") }
        guard let family = all.first(where: { $0.modelTypes.contains(type) }) else {
            let known = all.flatMap(\.modelTypes).joined(separator: ", ")
            throw file.refuse("model_type", "is not among the families that plad knows: \(known)")
        }
        return family
    }
}

/// What a family's files call the decoder's tensors; those of layer i carry `layer(i)` before them.
struct TensorNames: Sendable {
    var embedding: String
    var layer: @Sendable (Int) -> String
    var attentionNorm: String
    var query: String
    var key: String
    var value: String
    var attentionOutput: String
    var feedForwardNorm: String
    var gate: String
    var up: String
    var down: String
    var finalNorm: String
    /// Absent from the files of tied models.
    var head: String
    /// Tensors of older files that hold nothing to learn.
    var ignored: @Sendable (String) -> Bool
}
