import PladTensor

extension ModelFamily {
    /// The activation of this name in transformers. Throws `StudentError.config` for one that plad does not implement.
    static func activation(_ name: String, _ file: ConfigurationFile, key: String) throws -> Activation {
        switch name {
        case "silu", "swish": .silu
        case "gelu_new", "gelu_pytorch_tanh": .geluTanh
        case "relu": .relu
        default: throw file.refuse(key, "(\(name)) is not among the activations that plad knows: silu, gelu_new, relu")
        }
    }
}
