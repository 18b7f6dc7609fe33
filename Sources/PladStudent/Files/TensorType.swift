/// The number type of the tensors in a safetensors file. In memory all are float32.
public enum TensorType: String, Sendable, CaseIterable, Codable {
    case f32
    case bf16
    case f16

    /// Name in a safetensors header.
    package var safetensorsName: String { rawValue.uppercased() }

    init?(safetensorsName: String) {
        self.init(rawValue: safetensorsName.lowercased())
    }

    /// Name in `config.json` (`dtype`, `torch_dtype`).
    package var torchName: String {
        switch self {
        case .f32: "float32"
        case .bf16: "bfloat16"
        case .f16: "float16"
        }
    }

    package var bytes: Int { self == .f32 ? 4 : 2 }
}
