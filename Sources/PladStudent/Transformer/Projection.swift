import PladTensor

/// A linear layer y = x·wᵀ + bias with the low-rank changes made to it; in the layout of gradients, where theirs go.
struct Projection {
    /// [outputs, inputs]
    let weight: Matrix
    /// [outputs]
    let bias: UnsafeMutablePointer<Float>?
    let inputs: Int
    let outputs: Int
    var changes: [LowRank] = []
    /// Weight and bias get no gradients; in the layout of gradients they have no memory.
    var isFrozen = false

    /// y [rows, outputs], or with `adding` y + that.
    func apply(_ x: Matrix, to y: Matrix, rows: Int, adding: Bool = false) {
        linear(x, weight: weight, into: y, rows: rows, inputs: inputs, outputs: outputs, accumulating: adding)
        if let bias { addBias(bias, to: y, rows: rows, width: outputs) }
        for change in changes { change.apply(x, to: y, rows: rows, inputs: inputs) }
    }

    /// dx [rows, inputs] of dy [rows, outputs].
    func inputGradient(_ dy: Matrix, to dx: Matrix, rows: Int, adding: Bool = false) {
        linearInputGradient(dy, weight: weight, into: dx, rows: rows, inputs: inputs, outputs: outputs, accumulating: adding)
        for change in changes { change.inputGradient(dy, to: dx, rows: rows, inputs: inputs) }
    }

    /// The same layer without its first outputs.
    func from(output first: Int) -> Projection {
        guard first > 0 else { return self }
        return Projection(
            weight: weight.from(row: first), bias: bias.map { $0 + first }, inputs: inputs, outputs: outputs - first,
            changes: changes.compactMap { $0.from(output: first) }, isFrozen: isFrozen)
    }

    /// Adds the gradients of weight, bias and changes, as pieces of work that may run side by side.
    ///
    /// - Parameters:
    ///   - self: in the layout of gradients; `weights` is the layer itself.
    ///   - dy: [T, outputs]; x: [T, inputs], what the layer was applied to.
    ///   - pieces: how many are wanted.
    func weightGradient(of weights: Projection, dy: Matrix, x: Matrix, rows: Range<Int>, pieces: Int) -> [() -> Void] {
        let (dy, x) = (dy.from(row: rows.lowerBound), x.from(row: rows.lowerBound))
        var work: [() -> Void] = zip(changes, weights.changes).map { target, change in
            { target.weightGradient(of: change, dy: dy, x: x, rows: rows.count, inputs: inputs) }
        }
        guard !isFrozen else { return work }
        let share = max(32, (outputs + pieces - 1) / pieces)
        for first in stride(from: 0, to: outputs, by: share) {
            let (part, dy, count) = (from(output: first), dy.from(column: first), min(share, outputs - first))
            work.append {
                linearWeightGradient(dy, x, addingTo: part.weight, rows: rows.count, inputs: inputs, outputs: count)
                if let bias = part.bias { biasGradient(dy, addingTo: bias, rows: rows.count, width: count) }
            }
        }
        return work
    }
}
