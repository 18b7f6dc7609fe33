import PladTensor

/// A norm's learned vectors, [width] each: C, or D for a norm of heads. In the layout of gradients, it points to their gradients.
struct NormTensors {
    let gain: UnsafeMutablePointer<Float>
    /// [width]; only in layer norms.
    let bias: UnsafeMutablePointer<Float>?
    let width: Int
    let epsilon: Float
    /// Added to the gains, if the norm has no bias.
    let offset: Float
    /// True if the vectors get no gradients; in the layout of gradients they have no memory.
    var isFrozen = false

    /// Computes y from x, [rows, C] each; keeps `inverseRMS`, [rows], for the backward pass.
    func apply(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, inverseRMS: UnsafeMutablePointer<Float>, rows: Int
    ) {
        if let bias {
            layerNorm(x, gain: gain, bias: bias, epsilon: epsilon, into: y, inverseRMS: inverseRMS, rows: rows, width: width)
        } else {
            rmsNorm(x, gain: gain, offset: offset, epsilon: epsilon, into: y, inverseRMS: inverseRMS, rows: rows, width: width)
        }
    }

    /// Adds the gradient of x to dx and those of gain and bias to the two vectors at `sums`, [2, C], and recomputes y.
    func backward(
        _ dy: UnsafePointer<Float>, x: UnsafePointer<Float>, inverseRMS: UnsafePointer<Float>, addingTo dx: UnsafeMutablePointer<Float>,
        sums: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int
    ) {
        if let bias {
            layerNormBackward(
                dy, x: x, gain: gain, bias: bias, inverseRMS: inverseRMS, addingTo: dx, addingTo: sums, addingTo: sums + width, into: y,
                rows: rows, width: width)
        } else {
            rmsNormBackward(
                dy, x: x, gain: gain, offset: offset, inverseRMS: inverseRMS, addingTo: dx, addingTo: sums, into: y, rows: rows,
                width: width)
        }
    }
}

extension NormTensors? {
    /// Computes y like the norm's `apply`; without a norm y = x, [rows, width].
    func apply(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, inverseRMS: UnsafeMutablePointer<Float>, rows: Int, width: Int
    ) {
        guard let norm = self else { return y.update(from: x, count: rows * width) }
        norm.apply(x, into: y, inverseRMS: inverseRMS, rows: rows)
    }

    /// Adds the gradient like the norm's `backward`; without a norm dx += dy.
    func backward(
        _ dy: UnsafePointer<Float>, x: UnsafePointer<Float>, inverseRMS: UnsafePointer<Float>, addingTo dx: UnsafeMutablePointer<Float>,
        sums: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, width: Int
    ) {
        guard let norm = self else {
            addParts(dy, stride: 0, parts: 1, to: dx, range: 0..<rows * width)
            return y.update(from: x, count: rows * width)
        }
        norm.backward(dy, x: x, inverseRMS: inverseRMS, addingTo: dx, sums: sums, into: y, rows: rows)
    }
}

/// The sums of the gradients of a norm's vectors, a pair for every block of rows, added up in the order of the blocks, so that the
/// result does not depend on the threads.
struct NormSums {
    private let memory: AlignedBuffer
    private let blocks: Int
    private let width: Int

    init(blocks: Int, width: Int) {
        self.blocks = blocks
        self.width = width
        memory = AlignedBuffer(count: 2 * blocks * width)
    }

    /// [2, C]: the sums of gain and bias.
    func of(_ block: Int) -> UnsafeMutablePointer<Float> { memory.pointer + 2 * block * width }

    /// Adds all sums to a norm's gradients and resets them.
    func drain(to norm: NormTensors?) {
        defer { of(0).update(repeating: 0, count: 2 * blocks * width) }
        guard let norm, !norm.isFrozen else { return }
        addParts(of(0), stride: 2 * width, parts: blocks, to: norm.gain, range: 0..<width)
        if let bias = norm.bias { addParts(of(0) + width, stride: 2 * width, parts: blocks, to: bias, range: 0..<width) }
    }

    /// Adds the sums of two norms that share them: the first's gain and bias, then the second's.
    func drain(toHeads first: NormTensors, _ second: NormTensors) {
        for (norm, at) in [(first, 0), (second, 2 * first.width)] where !norm.isFrozen {
            let own = norm.width
            addParts(of(0) + at, stride: 2 * width, parts: blocks, to: norm.gain, range: 0..<own)
            if let bias = norm.bias { addParts(of(0) + at + own, stride: 2 * width, parts: blocks, to: bias, range: 0..<own) }
        }
        of(0).update(repeating: 0, count: 2 * blocks * width)
    }
}
