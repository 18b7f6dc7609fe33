import PladTensor

/// A linear layer y = x·wᵀ + bias; in the layout of gradients, where those of weight and bias go.
struct Projection {
    /// [outputs, inputs]
    let weight: Matrix
    /// [outputs]
    let bias: UnsafeMutablePointer<Float>?
    let inputs: Int
    let outputs: Int

    /// y [rows, outputs], or with `adding` y + that.
    func apply(_ x: Matrix, to y: Matrix, rows: Int, adding: Bool = false) {
        linear(x, weight: weight, into: y, rows: rows, inputs: inputs, outputs: outputs, accumulating: adding)
        if let bias { addBias(bias, to: y, rows: rows, width: outputs) }
    }

    /// dx [rows, inputs] of dy [rows, outputs].
    func inputGradient(_ dy: Matrix, to dx: Matrix, rows: Int, adding: Bool = false) {
        linearInputGradient(dy, weight: weight, into: dx, rows: rows, inputs: inputs, outputs: outputs, accumulating: adding)
    }

    /// The same layer without its first outputs.
    func from(output first: Int) -> Projection {
        Projection(weight: weight.from(row: first), bias: bias.map { $0 + first }, inputs: inputs, outputs: outputs - first)
    }

    /// Adds the gradients of weight and bias, as pieces of work that may run side by side.
    ///
    /// - Parameters:
    ///   - self: in the layout of gradients.
    ///   - dy: [T, outputs]; x: [T, inputs], what the layer was applied to.
    ///   - pieces: how many are wanted.
    func weightGradient(dy: Matrix, x: Matrix, rows: Range<Int>, pieces: Int) -> [() -> Void] {
        let share = max(32, (outputs + pieces - 1) / pieces)
        return stride(from: 0, to: outputs, by: share).map { first in
            let (dy, x) = (dy.from(row: rows.lowerBound, column: first), x.from(row: rows.lowerBound))
            let part = from(output: first)
            let count = min(share, outputs - first)
            return {
                linearWeightGradient(dy, x, addingTo: part.weight, rows: rows.count, inputs: inputs, outputs: count)
                if let bias = part.bias { biasGradient(dy, addingTo: bias, rows: rows.count, width: count) }
            }
        }
    }
}
