/// A weight matrix [outputs, inputs] in eight bits a weight, in panels as `PanelMatrix` has them: w ≈ scale·q with a scale for each
/// output, its greatest weight over 127, and q a whole number (Dettmers et al. 2022, "LLM.int8()", section 2.1, for weights alone).
///
/// Rows that are multiplied keep float32: an output is one chain of fused multiply-adds over x·q, then times the scale.
package final class Int8PanelMatrix: PanelProduct {
    package let outputs: Int
    package let inputs: Int
    private let memory: AlignedBuffer
    private let scales: AlignedBuffer
    private let content: Panels<Int8>

    package var panels: Int { content.count }

    package init(_ weight: Matrix, outputs: Int, inputs: Int, workers: Workers) {
        self.outputs = outputs
        self.inputs = inputs
        let count = Panels<Int8>.count(outputs: outputs)
        memory = AlignedBuffer(count: count * inputs * Panels<Int8>.width / MemoryLayout<Float>.stride)
        scales = AlignedBuffer(count: count * Panels<Int8>.width)
        let start = UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: Int8.self)
        content = Panels(start: start, outputs: outputs, inputs: inputs, scales: scales.pointer)
        content.fill(workers) { [scales = scales.pointer] output in
            let source = weight.start + output * weight.stride
            var greatest: Float = 0
            for input in 0..<inputs { greatest = source[input].isFinite ? max(greatest, abs(source[input])) : .nan }
            // Weights too small for a scale count as 0.
            if greatest < 1e-30 { greatest = 0 }
            scales[output] = greatest / 127
            let inverse = greatest > 0 ? 127 / greatest : 0
            // A weight that is not finite makes its whole row so.
            guard greatest.isFinite else { return { _ in 1 } }
            return { Int8((source[$0] * inverse).rounded(.toNearestOrEven)) }
        }
    }

    package func multiply(_ x: Matrix, rows: Int, into y: Matrix, panels range: Range<Int>, accumulating: Bool) {
        content.multiply(x, rows: rows, into: y, panels: range, accumulating: accumulating)
    }
}
