import PladRecords
package import PladTensor

/// One tensor of a model, and where it lies among the others.
package struct TensorLayout: Sendable, Equatable {
    /// As the Hugging Face file names it.
    package var name: String
    /// In memory; matrices are [outputs, inputs].
    package var shape: [Int]
    /// Floats of the tensors before it.
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
    enum Initializer {
        case embedding, head, query, normal, residual, relativeBias, one, zero
    }
}

/// A model's numbers: named float32 tensors, in one aligned buffer without gaps or, read-only, where files hold them.
/// The same layout serves gradients and optimiser moments.
package final class Weights {
    /// In the order of the model's walk. Matrices lie row by row, [outputs, inputs].
    package let tensors: [TensorLayout]
    /// Where each tensor begins.
    let starts: [UnsafeMutablePointer<Float>]
    private let memory: AlignedBuffer?
    /// Those that the tensors lie in.
    private let files: [MappedFile]

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
        let buffer = AlignedBuffer(count: end)
        starts = tensors.map { buffer.pointer + $0.offset }
        memory = buffer
        files = []
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

    /// The tensors where mapped files hold them, as float32 of their own shape.
    init(tensors: [TensorLayout], at starts: [UnsafeMutablePointer<Float>], in files: [MappedFile]) {
        self.tensors = tensors
        self.starts = starts
        self.files = files
        memory = nil
    }

    /// A copy in memory; throws as `init(tensors:place:)` and `requireUnchanged` do.
    convenience init(copying other: Weights, place: String, workers: Workers) throws {
        try self.init(tensors: other.tensors, place: place)
        workers.run(tensors.count) { number in starts[number].update(from: other.starts[number], count: tensors[number].count) }
        try other.requireUnchanged()
    }

    /// Zeros in the layout of `other`.
    package convenience init(like other: Weights) {
        self.init(tensors: other.tensors)
    }

    /// Whether the tensors lie in files, read-only.
    package var areMapped: Bool { memory == nil }

    /// Throws `StudentError.files` when somebody wrote into a file that the tensors lie in: what was computed with them since is void.
    func requireUnchanged() throws {
        for file in files { try file.requireUnchanged() }
    }

    /// All the numbers, tensor by tensor.
    ///
    /// - Precondition: the tensors do not lie in files.
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

    /// The values of one tensor, to be changed.
    ///
    /// - Precondition: the tensor is one of these, and they do not lie in files.
    package func mutableValues(of tensor: TensorLayout) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: buffer.pointer(at: tensor.offset, count: tensor.count), count: tensor.count)
    }

    /// Fills all tensors with a new model's values, random ones each from a stream of the tensor's own name.
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
