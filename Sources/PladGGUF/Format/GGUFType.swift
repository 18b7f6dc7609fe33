/// The number type of a GGUF file's tensors (`ggml_type`). Those from `q4_0` on keep values in blocks that share a scale.
package enum GGUFType: String, Sendable, CaseIterable {
    case f32, f16, bf16
    case q40 = "q4_0"
    case q41 = "q4_1"
    case q50 = "q5_0"
    case q51 = "q5_1"
    case q80 = "q8_0"
    case q2k = "q2_k"
    case q3k = "q3_k"
    case q4k = "q4_k"
    case q5k = "q5_k"
    case q6k = "q6_k"

    /// The types that plad writes; it reads all.
    package static let written: [GGUFType] = [.f32, .f16, .bf16, .q80]

    /// Number in a tensor's entry.
    package var number: UInt32 {
        switch self {
        case .f32: 0
        case .f16: 1
        case .q40: 2
        case .q41: 3
        case .q50: 6
        case .q51: 7
        case .q80: 8
        case .q2k: 10
        case .q3k: 11
        case .q4k: 12
        case .q5k: 13
        case .q6k: 14
        case .bf16: 30
        }
    }

    /// Number of values in a block, of which a row holds whole ones, and of the block's bytes.
    package var block: (values: Int, bytes: Int) {
        switch self {
        case .f32: (1, 4)
        case .f16, .bf16: (1, 2)
        case .q40: (32, 18)
        case .q41: (32, 20)
        case .q50: (32, 22)
        case .q51: (32, 24)
        case .q80: (32, 34)
        case .q2k: (256, 84)
        case .q3k: (256, 110)
        case .q4k: (256, 144)
        case .q5k: (256, 176)
        case .q6k: (256, 210)
        }
    }

    /// Number of bytes of so many values.
    package func bytes(_ count: Int) -> Int { count / block.values * block.bytes }
}
