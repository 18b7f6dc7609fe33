import PladTensor

/// A norm's learnt vectors, [width] each: C, or D for a norm of heads; in the layout of gradients, where theirs go.
struct NormTensors {
    let gain: UnsafeMutablePointer<Float>
    /// Of layer norms alone.
    let bias: UnsafeMutablePointer<Float>?
    let width: Int
    let epsilon: Float
    /// The vectors get no gradients; in the layout of gradients they have no memory.
    var isFrozen = false

    /// y of x, [rows, C] each; `inverseRMS`, [rows], is what the backward pass needs of it.
    func apply(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, inverseRMS: UnsafeMutablePointer<Float>, rows: Int
    ) {
        if let bias {
            layerNorm(x, gain: gain, bias: bias, epsilon: epsilon, into: y, inverseRMS: inverseRMS, rows: rows, width: width)
        } else {
            rmsNorm(x, gain: gain, epsilon: epsilon, into: y, inverseRMS: inverseRMS, rows: rows, width: width)
        }
    }

    /// Adds to dx the gradient of x, adds the gradients of gain and bias to the two vectors at `sums`, [2, C], and computes y again.
    func backward(
        _ dy: UnsafePointer<Float>, x: UnsafePointer<Float>, inverseRMS: UnsafePointer<Float>, addingTo dx: UnsafeMutablePointer<Float>,
        sums: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int
    ) {
        if let bias {
            layerNormBackward(
                dy, x: x, gain: gain, bias: bias, inverseRMS: inverseRMS, addingTo: dx, addingTo: sums, addingTo: sums + width, into: y,
                rows: rows, width: width)
        } else {
            rmsNormBackward(dy, x: x, gain: gain, inverseRMS: inverseRMS, addingTo: dx, addingTo: sums, into: y, rows: rows, width: width)
        }
    }
}

/// Sums for the gradients of norms' vectors, a pair for every block of rows, joined in the order of the blocks: the same
/// whoever did which block.
struct NormSums {
    private let memory: AlignedBuffer
    private let blocks: Int
    private let width: Int

    init(blocks: Int, width: Int) {
        self.blocks = blocks
        self.width = width
        memory = AlignedBuffer(count: 2 * blocks * width)
    }

    /// [2, C]: of gain and bias.
    func of(_ block: Int) -> UnsafeMutablePointer<Float> { memory.pointer + 2 * block * width }

    /// Adds all to a norm's gradients and starts anew.
    func drain(to norm: NormTensors) {
        defer { of(0).update(repeating: 0, count: 2 * blocks * width) }
        guard !norm.isFrozen else { return }
        addParts(of(0), stride: 2 * width, parts: blocks, to: norm.gain, range: 0..<width)
        if let bias = norm.bias { addParts(of(0) + width, stride: 2 * width, parts: blocks, to: bias, range: 0..<width) }
    }

    /// The same for two norms that share the sums: the first's gain and bias, then the second's.
    func drain(toHeads first: NormTensors, _ second: NormTensors) {
        let half = width / 2
        for (norm, at) in [(first, 0), (second, width)] where !norm.isFrozen {
            addParts(of(0) + at, stride: 2 * width, parts: blocks, to: norm.gain, range: 0..<half)
            if let bias = norm.bias { addParts(of(0) + at + half, stride: 2 * width, parts: blocks, to: bias, range: 0..<half) }
        }
        of(0).update(repeating: 0, count: 2 * blocks * width)
    }
}
