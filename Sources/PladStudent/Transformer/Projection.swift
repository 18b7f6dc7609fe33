import PladTensor

/// A linear layer y = x·wᵀ + bias with the low-rank deltas made to it; in the layout of gradients, where theirs go.
struct Projection {
    /// All outputs in order.
    let parts: [Part]
    let inputs: Int
    let outputs: Int
    var loraDeltas: [LowRank] = []
    /// Weight and bias get no gradients; in the layout of gradients they have no memory.
    var isFrozen = false

    /// Outputs whose weights lie together: all of them in memory of our own, each projection's own where a file holds it.
    struct Part {
        var outputs: Range<Int>
        /// [outputs, inputs]
        var weight: Matrix
        /// [outputs]
        var bias: UnsafeMutablePointer<Float>?

        /// Whether the other's weights and biases begin where these end.
        func isFollowed(by next: Part) -> Bool {
            weight.from(row: outputs.count).start == next.weight.start && bias.map { $0 + outputs.count } == next.bias
        }

        /// The same without what comes before the layer's output `first`; nil where none are left.
        func from(output first: Int) -> Part? {
            guard outputs.upperBound > first else { return nil }
            let skipped = max(0, first - outputs.lowerBound)
            return Part(
                outputs: max(0, outputs.lowerBound - first)..<outputs.upperBound - first, weight: weight.from(row: skipped),
                bias: bias.map { $0 + skipped })
        }
    }

    /// y [rows, outputs], or with `adding` y + that.
    func apply(_ x: Matrix, to y: Matrix, rows: Int, adding: Bool = false) {
        for part in parts {
            let (y, outputs) = (y.from(column: part.outputs.lowerBound), part.outputs.count)
            linear(x, weight: part.weight, into: y, rows: rows, inputs: inputs, outputs: outputs, accumulating: adding)
            if let bias = part.bias { addBias(bias, to: y, rows: rows, width: outputs) }
        }
        for change in loraDeltas { change.apply(x, to: y, rows: rows, inputs: inputs) }
    }

    /// dx [rows, inputs] of dy [rows, outputs].
    func inputGradient(_ dy: Matrix, to dx: Matrix, rows: Int, adding: Bool = false) {
        for part in parts {
            linearInputGradient(
                dy.from(column: part.outputs.lowerBound), weight: part.weight, into: dx, rows: rows, inputs: inputs,
                outputs: part.outputs.count, accumulating: adding || part.outputs.lowerBound > 0)
        }
        for change in loraDeltas { change.inputGradient(dy, to: dx, rows: rows, inputs: inputs) }
    }

    /// The same layer without its first outputs.
    func from(output first: Int) -> Projection {
        guard first > 0 else { return self }
        return Projection(
            parts: parts.compactMap { $0.from(output: first) }, inputs: inputs, outputs: outputs - first,
            loraDeltas: loraDeltas.compactMap { $0.from(output: first) }, isFrozen: isFrozen)
    }

    /// Adds the gradients of weight, bias and changes, as pieces of work that may run side by side.
    ///
    /// - Parameters:
    ///   - self: in the layout of gradients; `weights` is the layer itself.
    ///   - dy: [T, outputs]; x: [T, inputs], what the layer was applied to.
    ///   - pieces: how many are wanted.
    func weightGradient(of weights: Projection, dy: Matrix, x: Matrix, rows: Range<Int>, pieces: Int) -> [() -> Void] {
        let (dy, x) = (dy.from(row: rows.lowerBound), x.from(row: rows.lowerBound))
        var work: [() -> Void] = zip(loraDeltas, weights.loraDeltas).map { target, change in
            { target.weightGradient(of: change, dy: dy, x: x, rows: rows.count, inputs: inputs) }
        }
        guard !isFrozen else { return work }
        let share = max(32, (outputs + pieces - 1) / pieces)
        for whole in parts {
            for first in stride(from: whole.outputs.lowerBound, to: whole.outputs.upperBound, by: share) {
                let (part, dy) = (whole.from(output: first)!, dy.from(column: first))
                let count = min(share, part.outputs.count)
                work.append {
                    linearWeightGradient(dy, x, addingTo: part.weight, rows: rows.count, inputs: inputs, outputs: count)
                    if let bias = part.bias { biasGradient(dy, addingTo: bias, rows: rows.count, width: count) }
                }
            }
        }
        return work
    }
}
