import PladTensor

/// A low-rank change of a linear layer (Hu et al. 2021, "LoRA"): y += scale · (x·aᵀ)·bᵀ. In the layout of gradients, it points to the
/// gradients of a and b.
struct LowRank {
    /// Outputs of the layer that it changes: one projection of several that are joined in the model.
    let outputs: Range<Int>
    /// [r, inputs] and [outputs, r]
    let a, b: Matrix
    let rank: Int
    let scale: Float

    /// The same change for a layer without its first outputs; nil if none are left.
    func from(output first: Int) -> LowRank? {
        guard outputs.upperBound > first else { return nil }
        return LowRank(
            outputs: max(0, outputs.lowerBound - first)..<outputs.upperBound - first, a: a,
            b: b.from(row: max(0, first - outputs.lowerBound)), rank: rank, scale: scale)
    }

    /// Adds to y [rows, outputs of the layer].
    func apply(_ x: Matrix, to y: Matrix, rows: Int, inputs: Int) {
        withRows(rows) { low in
            linear(x, weight: a, into: low, rows: rows, inputs: inputs, outputs: rank)
            PladTensor.scale(low.start, by: scale, into: low.start, count: rows * rank)
            linear(
                low, weight: b, into: y.from(column: outputs.lowerBound), rows: rows, inputs: rank, outputs: outputs.count,
                accumulating: true)
        }
    }

    /// Adds to dx [rows, inputs].
    func inputGradient(_ dy: Matrix, to dx: Matrix, rows: Int, inputs: Int) {
        withRows(rows) { low in
            lowGradient(dy, low, rows: rows)
            linearInputGradient(low, weight: a, into: dx, rows: rows, inputs: inputs, outputs: rank, accumulating: true)
        }
    }

    /// Adds the gradients of a and b to `self`, which is in the layout of gradients; `weights` has the values.
    func weightGradient(of weights: LowRank, dy: Matrix, x: Matrix, rows: Int, inputs: Int) {
        withRows(rows) { low in
            linear(x, weight: weights.a, into: low, rows: rows, inputs: inputs, outputs: rank)
            PladTensor.scale(low.start, by: scale, into: low.start, count: rows * rank)
            linearWeightGradient(
                dy.from(column: outputs.lowerBound), low, addingTo: b, rows: rows, inputs: rank, outputs: outputs.count)
            weights.lowGradient(dy, low, rows: rows)
            linearWeightGradient(low, x, addingTo: a, rows: rows, inputs: inputs, outputs: rank)
        }
    }

    /// Adds the change to the layer's own weight, [outputs of the layer, inputs].
    func merge(into weight: Matrix, inputs: Int) {
        withRows(outputs.count) { low in
            for row in 0..<outputs.count {
                PladTensor.scale(b.start + row * b.stride, by: scale, into: low.start + row * rank, count: rank)
            }
            linearInputGradient(
                low, weight: a, into: weight.from(row: outputs.lowerBound), rows: outputs.count, inputs: inputs, outputs: rank,
                accumulating: true)
        }
    }

    /// Computes scale · dy·b, the gradient of x·aᵀ.
    private func lowGradient(_ dy: Matrix, _ low: Matrix, rows: Int) {
        linearInputGradient(
            dy.from(column: outputs.lowerBound), weight: b, into: low, rows: rows, inputs: rank, outputs: outputs.count)
        PladTensor.scale(low.start, by: scale, into: low.start, count: rows * rank)
    }

    /// Calls `body` with memory for [rows, r].
    private func withRows(_ rows: Int, _ body: (Matrix) -> Void) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, rows * rank)) {
            body(Matrix($0.baseAddress!, stride: rank))
        }
    }
}
