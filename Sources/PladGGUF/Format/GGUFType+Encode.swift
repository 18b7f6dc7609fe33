package import Foundation
import PladTensor

extension GGUFType {
    /// Value of `general.file_type` (`llama_ftype`) of a file whose matrices are of this type.
    var fileType: UInt32 {
        switch self {
        case .f32: 0
        case .bf16: 32
        case .q80: 7
        default: 1
        }
    }

    /// The values in this type, rounded to the nearest.
    ///
    /// - Precondition: the type is one of `written`, and the number of values a multiple of its blocks'.
    package func encode(_ values: UnsafeBufferPointer<Float>) -> Data {
        guard let source = values.baseAddress else { return Data() }
        var data = Data(count: bytes(values.count))
        data.withUnsafeMutableBytes { bytes in
            switch self {
            case .f32: bytes.copyMemory(from: UnsafeRawBufferPointer(values))
            case .f16: narrow(toFloat16: source, into: bytes.bindMemory(to: UInt16.self).baseAddress!, count: values.count)
            case .bf16: narrow(toBFloat16: source, into: bytes.bindMemory(to: UInt16.self).baseAddress!, count: values.count)
            case .q80:
                for block in 0..<values.count / 32 {
                    Self.quantise(source + 32 * block, into: bytes.baseAddress! + 34 * block)
                }
            default: preconditionFailure("plad does not write \(rawValue)")
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
