import PladRecords
package import PladTensor

/// One tensor of a model, and its offset in the buffer.
package struct TensorLayout: Sendable, Equatable {
    /// Name in the Hugging Face file.
    package var name: String
    /// Shape in memory; matrices are [outputs, inputs].
    package var shape: [Int]
    /// Number of floats in the tensors before it.
    package var offset: Int
    /// True if the file stores it as [inputs, outputs] (GPT-2's `Conv1D`).
    package var isTransposedInFile: Bool
    /// Standard deviation of a new model's random values, which are normal with mean 0; 0 if all values are `constant`.
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

    /// The kind of a new model's values.
    enum Initializer {
        case embedding, head, query, normal, residual, relativeBias, one, zero
    }
}

/// Named float32 tensors of a model, in one aligned buffer without gaps or, read-only, mapped from files. The same layout serves
/// gradients and optimiser moments.
package final class Weights {
    /// Layouts in the model's order. Matrices are stored row by row, [outputs, inputs].
    package let tensors: [TensorLayout]
    /// Address of each tensor.
    let starts: [UnsafeMutablePointer<Float>]
    private let memory: AlignedBuffer?
    /// Files that the tensors are mapped from.
    private let files: [MappedFile]

    /// Makes zeros in the given layout.
    ///
    /// - Precondition: the tensors are contiguous.
    package init(tensors: [TensorLayout]) {
        var end = 0
        for tensor in tensors {
            precondition(tensor.offset == end, "\(tensor.name) at float \(tensor.offset), not \(end)")
            end += tensor.count
        }
        self.tensors = tensors
        let buffer = AlignedBuffer(count: end)
        starts = tensors.map { buffer.pointer + $0.offset }
        memory = buffer
        files = []
    }

    /// Makes zeros like `init(tensors:)`; throws `StudentError.memory` with `place`, the layout's source, if the memory cannot be
    /// allocated.
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

    /// Makes tensors that point into mapped files, as float32 of their own shape.
    init(tensors: [TensorLayout], at starts: [UnsafeMutablePointer<Float>], in files: [MappedFile]) {
        self.tensors = tensors
        self.starts = starts
        self.files = files
        memory = nil
    }

    /// Copies to memory; throws like `init(tensors:place:)` and `requireUnchanged`.
    convenience init(copying other: Weights, place: String, workers: Workers) throws {
        try self.init(tensors: other.tensors, place: place)
        workers.run(tensors.count) { number in starts[number].update(from: other.starts[number], count: tensors[number].count) }
        try other.requireUnchanged()
    }

    /// Makes zeros in the layout of `other`.
    package convenience init(like other: Weights) {
        self.init(tensors: other.tensors)
    }

    /// True if the tensors are mapped from files, read-only.
    package var areMapped: Bool { memory == nil }

    /// Throws `StudentError.files` if a file of the tensors was written to: results computed since are invalid.
    func requireUnchanged() throws {
        for file in files { try file.requireUnchanged() }
    }

    /// All numbers, tensor by tensor.
    ///
    /// - Precondition: the tensors are not mapped.
    package var buffer: AlignedBuffer {
        guard let memory else { preconditionFailure("weights that lie in files have no buffer") }
        return memory
    }

    package var count: Int { tensors.last.map { $0.offset + $0.count } ?? 0 }

    /// The values of one tensor.
    ///
    /// - Precondition: the tensor is one of these.
    package func values(of tensor: TensorLayout) -> UnsafeBufferPointer<Float> {
        guard let index = tensors.firstIndex(of: tensor) else { preconditionFailure("\(tensor.name) is not among these tensors") }
        return UnsafeBufferPointer(start: starts[index], count: tensor.count)
    }

    /// The mutable values of one tensor.
    ///
    /// - Precondition: the tensor is one of these, and they are not mapped.
    package func mutableValues(of tensor: TensorLayout) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: buffer.pointer(at: tensor.offset, count: tensor.count), count: tensor.count)
    }

    /// Fills all tensors with a new model's values; random ones come from a stream named after the tensor.
    func drawRandomly(seed: UInt64) {
        for tensor in tensors {
            let values = mutableValues(of: tensor)
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
