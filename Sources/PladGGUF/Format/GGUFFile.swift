import Foundation
import PladRecords

/// A GGUF file to be written: metadata, then tensors at multiples of 32 bytes (ggml's `docs/gguf.md`, version 3).
struct GGUFFile {
    /// Keys and values, in the file's order.
    var metadata: [(key: String, value: GGUFValue)] = []
    private(set) var tensors: [Tensor] = []

    /// A tensor of a file, whose values are made when they are written.
    struct Tensor {
        var name: String
        /// Shape with the outermost dimension first; the file lists the innermost first.
        var shape: [Int]
        var type: GGUFType
        /// Passes the values, in order, in pieces of whole rows.
        var values: (_ take: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

        var bytes: Int { type.bytes(shape.reduce(1, *)) }
    }

    private static let alignment = 32

    mutating func set(_ key: String, _ value: GGUFValue) { metadata.append((key, value)) }

    mutating func add(_ tensor: Tensor) { tensors.append(tensor) }

    /// Writes the file: the old one or the whole new one. The same content gives the same bytes. Throws `RecordError.unwritable`, and
    /// what the tensors' values throw.
    func write(to file: URL) throws {
        try Files.replace(file) { handle in
            var head = Data("GGUF".utf8)
            head.append(little: UInt32(3))
            head.append(little: UInt64(tensors.count))
            head.append(little: UInt64(metadata.count))
            for (key, value) in metadata {
                head.append(counted: key)
                value.append(to: &head)
            }
            var offset = 0
            for tensor in tensors {
                head.append(counted: tensor.name)
                head.append(little: UInt32(tensor.shape.count))
                for size in tensor.shape.reversed() { head.append(little: UInt64(size)) }
                head.append(little: tensor.type.number)
                head.append(little: UInt64(offset))
                offset += Self.padded(tensor.bytes)
            }
            head.append(Data(count: Self.padded(head.count) - head.count))
            try handle.write(contentsOf: head)
            for tensor in tensors {
                var written = 0
                try tensor.values { values in
                    let data = tensor.type.encode(values)
                    written += data.count
                    try handle.write(contentsOf: data)
                }
                precondition(written == tensor.bytes, "\(tensor.name): \(written) bytes, not \(tensor.bytes)")
                try handle.write(contentsOf: Data(count: Self.padded(written) - written))
            }
        }
    }

    private static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}
