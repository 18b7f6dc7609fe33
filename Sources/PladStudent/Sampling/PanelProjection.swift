import PladTensor

/// A linear layer repacked for products with few rows.
struct PanelProjection {
    let matrix: PanelMatrix
    /// [outputs]
    let bias: AlignedBuffer?

    init(_ projection: Projection, _ weights: DecodeWeights, workers: Workers) {
        let parts = projection.parts
        var weight = parts[0].weight
        let isWhole = parts.count == 1 && projection.loraDeltas.isEmpty
        let gathered = AlignedBuffer(count: isWhole ? 0 : projection.outputs * projection.inputs)
        if !isWhole {
            weight = Matrix(gathered.pointer, stride: projection.inputs)
            for part in parts {
                weight.from(row: part.outputs.lowerBound).start.update(
                    from: part.weight.start, count: part.outputs.count * projection.inputs)
            }
            for change in projection.loraDeltas { change.merge(into: weight, inputs: projection.inputs) }
        }
        matrix = withExtendedLifetime(gathered) {
            PanelMatrix(weight, outputs: projection.outputs, inputs: projection.inputs, rounding: weights == .int8, workers: workers)
        }
        let bias = parts[0].bias == nil ? nil : AlignedBuffer(count: projection.outputs)
        for part in parts {
            if let bias, let source = part.bias {
                (bias.pointer + part.outputs.lowerBound).update(from: source, count: part.outputs.count)
            }
        }
        self.bias = bias
    }

    /// Computes y [rows, outputs], or adds to it if `adding`.
    func apply(
        _ x: UnsafeMutablePointer<Float>, to y: UnsafeMutablePointer<Float>, rows: Int, _ team: Workers, adding: Bool = false
    ) {
        let y = Matrix(y, stride: matrix.outputs)
        team.split(matrix.panels, grain: 1) { range, _ in
            matrix.multiply(Matrix(x, stride: matrix.inputs), rows: rows, into: y, panels: range, accumulating: adding)
        }
        if let bias { addBias(bias.pointer, to: y, rows: rows, width: matrix.outputs) }
    }
}
