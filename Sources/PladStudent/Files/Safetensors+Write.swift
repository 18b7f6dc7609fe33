package import Foundation
import PladRecords
import PladTensor

extension Safetensors {
    /// Writes all tensors in the order of their names, header keys sorted: the same weights give the same bytes.
    ///
    /// Throws `RecordError.unwritable`, and `StudentError.tensors` for weights that are not finite, or would not be in this type, since
    /// such a folder could not be read again.
    package static func write(_ weights: Weights, as type: TensorType, to file: URL) throws {
        let tensors = weights.tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        try Files.replace(file) { handle in
            let header = header(of: tensors, as: type)
            try handle.write(contentsOf: withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header)
            for tensor in tensors {
                let values = tensor.isTransposedInFile ? transposed(weights, tensor) : weights.values(of: tensor)
                defer { if tensor.isTransposedInFile { values.deallocate() } }
                for start in stride(from: 0, to: values.count, by: 1 << 20) {
                    let part = UnsafeBufferPointer(rebasing: values[start..<min(values.count, start + 1 << 20)])
                    try check(part, of: tensor.name, fit: type)
                    try handle.write(contentsOf: encode(part, as: type))
                }
            }
        }
    }

    private static func check(_ values: UnsafeBufferPointer<Float>, of name: String, fit type: TensorType) throws {
        // From halfway between the largest finite number and the next that would be on, numbers are rounded to infinity in f16. Beyond
        // 1e19, whose square float32 still holds, no student is read.
        let limit: Float = type == .f16 ? 65_520 : 1e19
        guard let wrong = values.first(where: { !(abs($0) < limit) }) else { return }
        guard wrong.isFinite else {
            throw StudentError(
                .tensors,
                "\(name) holds \(wrong): the student's weights are not finite, since its training diverged; lower the learning rate")
        }
        throw StudentError(
            .tensors,
            "\(name) holds \(wrong), beyond what a student in \(type.safetensorsName) can hold; give another `student.dtype`, or train it with a lower learning rate"
        )
    }

    /// A copy of a matrix in the file's layout, [inputs, outputs]; the caller deallocates it.
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
