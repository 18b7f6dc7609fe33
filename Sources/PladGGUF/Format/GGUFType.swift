import Foundation
import PladTensor

/// The number type of a GGUF file's matrices. Vectors stay in float32, as llama.cpp asks for.
package enum GGUFType: String, Sendable, CaseIterable, Codable {
    case f32
    case f16
    case bf16
    /// Blocks of 32 values: a float16 scale, then 32 signed bytes.
    case q80 = "q8_0"

    /// Number in a tensor's entry (`ggml_type`).
    var number: UInt32 {
        switch self {
        case .f32: 0
        case .f16: 1
        case .q80: 8
        case .bf16: 30
        }
    }

    /// Value of `general.file_type` (`llama_ftype`).
    var fileType: UInt32 {
        switch self {
        case .f32: 0
        case .f16: 1
        case .q80: 7
        case .bf16: 32
        }
    }

    /// Number of values in a block, of which a row holds whole ones.
    var blockCount: Int { self == .q80 ? 32 : 1 }

    /// Number of bytes of so many values.
    func bytes(_ count: Int) -> Int {
        switch self {
        case .f32: count * 4
        case .f16, .bf16: count * 2
        case .q80: count / 32 * 34
        }
    }

    /// The values in this type, rounded to the nearest.
    ///
    /// - Precondition: the number of values is a multiple of `blockCount`.
    func encode(_ values: UnsafeBufferPointer<Float>) -> Data {
        guard let source = values.baseAddress else { return Data() }
        guard self != .f32 else { return Data(buffer: values) }
        var data = Data(count: bytes(values.count))
        data.withUnsafeMutableBytes { bytes in
            switch self {
            case .f32: break
            case .f16: narrow(toFloat16: source, into: bytes.bindMemory(to: UInt16.self).baseAddress!, count: values.count)
            case .bf16: narrow(toBFloat16: source, into: bytes.bindMemory(to: UInt16.self).baseAddress!, count: values.count)
            case .q80:
                for block in 0..<values.count / 32 {
                    Self.quantise(source + 32 * block, into: bytes.baseAddress! + 34 * block)
                }
            }
        }
        return data
    }

    /// One block of Q8_0, the bytes of gguf's `Q8_0.quantize_blocks`: the scale is max |x| / 127, and x / scale is rounded half away
    /// from 0 before the scale is narrowed to float16.
    private static func quantise(_ source: UnsafePointer<Float>, into target: UnsafeMutableRawPointer) {
        var most: Float = 0
        for index in 0..<32 { most = max(most, abs(source[index])) }
        var scale = most / 127
        let inverse = scale == 0 ? 0 : 1 / scale
        for index in 0..<32 {
            let level = (source[index] * inverse).rounded(.toNearestOrAwayFromZero)
            target.storeBytes(of: Int8(clamping: Int(level)), toByteOffset: 2 + index, as: Int8.self)
        }
        var half: UInt16 = 0
        narrow(toFloat16: &scale, into: &half, count: 1)
        target.storeBytes(of: half.littleEndian, as: UInt16.self)
    }
}
