package import Foundation
import PladRecords
import PladTensor

extension Safetensors {
    /// Writes all tensors in the order of their names, header keys sorted: the same weights give the same bytes.
    ///
    /// Throws `RecordError.unwritable`.
    package static func write(_ weights: Weights, as type: TensorType, to file: URL) throws {
        let tensors = weights.tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        try Files.replace(file) { handle in
            let header = header(of: tensors, as: type)
            try handle.write(contentsOf: withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header)
            for tensor in tensors {
                let values = tensor.isTransposedInFile ? transposed(weights, tensor) : weights.values(of: tensor)
                defer { if tensor.isTransposedInFile { values.deallocate() } }
                for start in stride(from: 0, to: values.count, by: 1 << 20) {
                    try handle.write(
                        contentsOf: encode(UnsafeBufferPointer(rebasing: values[start..<min(values.count, start + 1 << 20)]), as: type))
                }
            }
        }
    }

    /// A copy of a matrix as the file has it, [inputs, outputs]; the caller gives it back.
    private static func transposed(_ weights: Weights, _ tensor: TensorLayout) -> UnsafeBufferPointer<Float> {
        let (source, target) = (weights.values(of: tensor), UnsafeMutableBufferPointer<Float>.allocate(capacity: tensor.count))
        let (outputs, inputs) = (tensor.shape[0], tensor.shape[1])
        for output in 0..<outputs {
            for input in 0..<inputs { target[input * outputs + output] = source[output * inputs + input] }
        }
        return UnsafeBufferPointer(target)
    }

    private static func header(of tensors: [TensorLayout], as type: TensorType) -> Data {
        var members: [String: JSONValue] = ["__metadata__": ["format": "pt"]]
        var offset: Int64 = 0
        for tensor in tensors {
            let end = offset + Int64(tensor.count * type.bytes)
            members[tensor.name] = [
                "dtype": .string(type.safetensorsName), "shape": .array(tensor.fileShape.map { .int(Int64($0)) }),
                "data_offsets": .array([.int(offset), .int(end)]),
            ]
            offset = end
        }
        var header = Data(JSONValue.object(members).canonical.utf8)
        // The reference implementation asks for data that is aligned to 8 bytes.
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        return header
    }

    private static func encode(_ values: UnsafeBufferPointer<Float>, as type: TensorType) -> Data {
        guard type != .f32 else { return Data(buffer: values) }
        guard let source = values.baseAddress else { return Data() }
        var data = Data(count: values.count * 2)
        data.withUnsafeMutableBytes { bytes in
            let target = bytes.bindMemory(to: UInt16.self).baseAddress!
            if type == .bf16 {
                narrow(toBFloat16: source, into: target, count: values.count)
            } else {
                narrow(toFloat16: source, into: target, count: values.count)
            }
        }
        return data
    }
}
