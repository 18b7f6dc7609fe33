import PladRecords
package import PladTensor

/// Where one tensor lies in a `Weights` buffer.
package struct TensorLayout: Sendable, Equatable {
    /// As the Hugging Face file names it.
    package var name: String
    /// In memory; matrices are [outputs, inputs].
    package var shape: [Int]
    /// Floats before it in the buffer.
    package var offset: Int
    /// The file has it as [inputs, outputs] (GPT-2's `Conv1D`).
    package var isTransposedInFile: Bool
    /// Of a new model's random values, normal(0, deviation); 0 where all are `constant`.
    package var deviation: Double
    package var constant: Float

    package init(
        name: String, shape: [Int], offset: Int, isTransposedInFile: Bool = false, deviation: Double = 0, constant: Float = 0
    ) {
        self.name = name
        self.shape = shape
        self.offset = offset
        self.isTransposedInFile = isTransposedInFile
        self.deviation = deviation
        self.constant = constant
    }

    package var count: Int { shape.reduce(1, *) }
    package var fileShape: [Int] { isTransposedInFile ? shape.reversed() : shape }

    /// What kind of values a new model's tensor begins with.
    enum Beginning {
        case embedding, head, query, normal, residual, distances, one, zero
    }
}

/// A model's numbers: named float32 tensors in one aligned buffer without gaps. The same layout serves gradients and optimiser moments.
package final class Weights {
    /// In the order of the buffer. Matrices lie as the files have them: [outputs, inputs], row by row.
    package let tensors: [TensorLayout]
    package let buffer: AlignedBuffer

    /// Zeros in the layout given.
    ///
    /// - Precondition: the tensors follow one another without gaps.
    package init(tensors: [TensorLayout]) {
        var end = 0
        for tensor in tensors {
            precondition(tensor.offset == end, "\(tensor.name) at float \(tensor.offset), not \(end)")
            end += tensor.count
        }
        self.tensors = tensors
        buffer = AlignedBuffer(count: end)
    }

    /// The same; throws `StudentError.memory` that names `place`, where the layout is from, when the machine does not grant that much.
    package convenience init(tensors: [TensorLayout], place: String) throws {
        let count = tensors.reduce(0) { $0 + $1.count }
        guard AlignedBuffer.isGranted(count: count) else {
            throw StudentError(
                .memory,
                "\(place): \(count) parameters take \(count >> 28) GiB, which this machine does not grant; take a smaller model or another machine"
            )
        }
        self.init(tensors: tensors)
    }

    /// Zeros in the layout of `other`.
    package convenience init(like other: Weights) {
        self.init(tensors: other.tensors)
    }

    /// The values of one tensor.
    package func values(of tensor: TensorLayout) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: buffer.pointer(at: tensor.offset, count: tensor.count), count: tensor.count)
    }

    /// Fills all tensors with a new model's values, random ones each from a stream of the tensor's own name.
    func drawRandomly(seed: UInt64) {
        for tensor in tensors {
            let values = values(of: tensor)
            guard tensor.deviation > 0 else {
                values.update(repeating: tensor.constant)
                continue
            }
            var stream = SeededGenerator(seed: seed, "initialise", tensor.name)
            for index in values.indices { values[index] = Float(tensor.deviation * stream.normal()) }
        }
    }

    /// The tensor of this name, or nil.
    package func tensor(named name: String) -> TensorLayout? {
        tensors.first { $0.name == name }
    }
}
