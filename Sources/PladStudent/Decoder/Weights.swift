import PladRecords
package import PladTensor

/// Where one tensor lies in a `Weights` buffer.
package struct TensorLayout: Sendable, Equatable {
    /// As the Hugging Face file names it.
    package var name: String
    package var shape: [Int]
    /// Floats before it in the buffer.
    package var offset: Int

    package init(name: String, shape: [Int], offset: Int) {
        self.name = name
        self.shape = shape
        self.offset = offset
    }

    package var count: Int { shape.reduce(1, *) }
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

    /// Zeros in the layout of `other`.
    package convenience init(like other: Weights) {
        self.init(tensors: other.tensors)
    }

    /// The values of one tensor.
    package func values(of tensor: TensorLayout) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: buffer.pointer(at: tensor.offset, count: tensor.count), count: tensor.count)
    }

    /// Fills matrices with draws from normal(0, deviation), each from a stream of its own name, and vectors (the norms' gains) with 1.
    func drawRandomly(seed: UInt64, deviation: Double) {
        for tensor in tensors {
            let values = values(of: tensor)
            guard tensor.shape.count > 1 else {
                values.update(repeating: 1)
                continue
            }
            var stream = SeededGenerator(seed: seed, "initialise", tensor.name)
            for index in values.indices { values[index] = Float(deviation * stream.normal()) }
        }
    }

    /// The tensor of this name, or nil.
    package func tensor(named name: String) -> TensorLayout? {
        tensors.first { $0.name == name }
    }
}
