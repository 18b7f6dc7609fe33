import PladTensor

/// A linear layer y = x·wᵀ + bias with its low-rank changes. In the layout of gradients, it points to their gradients.
struct Projection {
    /// Parts that hold all outputs, in order.
    let parts: [Part]
    let inputs: Int
    let outputs: Int
    var loraDeltas: [LowRank] = []
    /// True if weight and bias get no gradients; in the layout of gradients they have no memory.
    var isFrozen = false

    /// Outputs whose weights are contiguous: the whole layer in copied weights, each projection by itself in mapped ones.
    struct Part {
        var outputs: Range<Int>
        /// [outputs, inputs]
        var weight: Matrix
        /// [outputs]
        var bias: UnsafeMutablePointer<Float>?

        /// True if the other part's weights and biases start where these end.
        func isFollowed(by next: Part) -> Bool {
            weight.from(row: outputs.count).start == next.weight.start && bias.map { $0 + outputs.count } == next.bias
        }

        /// The part without the outputs before the layer's output `first`; nil if none are left.
        func from(output first: Int) -> Part? {
            guard outputs.upperBound > first else { return nil }
            let skipped = max(0, first - outputs.lowerBound)
            return Part(
                outputs: max(0, outputs.lowerBound - first)..<outputs.upperBound - first, weight: weight.from(row: skipped),
                bias: bias.map { $0 + skipped })
        }
    }

    /// Computes y [rows, outputs], or adds to it if `adding`.
    func apply(_ x: Matrix, to y: Matrix, rows: Int, adding: Bool = false) {
        for part in parts {
            let (y, outputs) = (y.from(column: part.outputs.lowerBound), part.outputs.count)
            linear(x, weight: part.weight, into: y, rows: rows, inputs: inputs, outputs: outputs, accumulating: adding)
            if let bias = part.bias { addBias(bias, to: y, rows: rows, width: outputs) }
        }
        for change in loraDeltas { change.apply(x, to: y, rows: rows, inputs: inputs) }
    }

    /// Computes dx [rows, inputs] from dy [rows, outputs], or adds to it if `adding`.
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

    /// Adds the gradients of weight, bias and low-rank changes, as work items that may run concurrently.
    ///
    /// - Parameters:
    ///   - self: the layer in the layout of gradients; `weights` is the layer itself.
    ///   - dy: [T, outputs]; x: [T, inputs], the layer's input.
    ///   - pieces: number of work items wanted.
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
