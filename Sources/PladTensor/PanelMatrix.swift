/// A matrix [outputs, inputs] repacked for products with few rows: those of a decode step.
package protocol PanelProduct: AnyObject {
    var outputs: Int { get }
    var inputs: Int { get }
    var panels: Int { get }

    /// y[rows, outputs] = x[rows, inputs] · wᵀ in the columns of the panels given. `accumulating` adds to y instead.
    ///
    /// A row's result is the same to the bit whatever rows stand beside it and however the panels are shared out.
    func multiply(_ x: Matrix, rows: Int, into y: Matrix, panels: Range<Int>, accumulating: Bool)
}

/// A copy of a weight matrix [outputs, inputs] in panels of 32 outputs, [panels, inputs, 32].
///
/// Every output of a product is one chain of fused multiply-adds over the inputs in order. Zeros fill up the last panel.
package final class PanelMatrix: PanelProduct {
    package let outputs: Int
    package let inputs: Int
    private let memory: AlignedBuffer
    private let content: Panels<Float>

    package var panels: Int { content.count }

    package init(_ weight: Matrix, outputs: Int, inputs: Int, workers: Workers) {
        self.outputs = outputs
        self.inputs = inputs
        memory = AlignedBuffer(count: Panels<Float>.count(outputs: outputs) * inputs * Panels<Float>.width)
        content = Panels(start: memory.pointer, outputs: outputs, inputs: inputs, scales: nil)
        content.fill(workers) { output in
            let source = weight.start + output * weight.stride
            return { source[$0] }
        }
    }

    package func multiply(_ x: Matrix, rows: Int, into y: Matrix, panels range: Range<Int>, accumulating: Bool) {
        content.multiply(x, rows: rows, into: y, panels: range, accumulating: accumulating)
    }
}
