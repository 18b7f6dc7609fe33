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
/// Every output of a product is one chain of fused multiply-adds over the inputs in order. Zeros fill up the last panel. Weights
/// that are bfloat16, as published models have them, are kept so: the same numbers to the bit, half the memory to read.
package final class PanelMatrix: PanelProduct {
    private enum Content {
        case float32(Panels<Float>)
        case bfloat16(Panels<BFloat16>)
    }

    package let outputs: Int
    package let inputs: Int
    package let panels: Int
    private let memory: AlignedBuffer
    private let content: Content

    package var bytesPerWeight: Int {
        switch content {
        case .float32: 4
        case .bfloat16: 2
        }
    }

    package init(_ weight: Matrix, outputs: Int, inputs: Int, workers: Workers) {
        self.outputs = outputs
        self.inputs = inputs
        panels = Panels<Float>.count(outputs: outputs)
        let count = panels * inputs * Panels<Float>.width
        if Self.isBFloat16(weight, outputs: outputs, inputs: inputs, workers: workers) {
            memory = AlignedBuffer(count: count / 2)
            let start = UnsafeMutableRawPointer(memory.pointer).bindMemory(to: BFloat16.self, capacity: count)
            let panels = Panels(start: start, outputs: outputs, inputs: inputs, scales: nil)
            panels.fill(workers) { output in
                let source = weight.from(row: output).start
                return { BFloat16(exactly: source[$0]) }
            }
            content = .bfloat16(panels)
        } else {
            memory = AlignedBuffer(count: count)
            let panels = Panels(start: memory.pointer, outputs: outputs, inputs: inputs, scales: nil)
            panels.fill(workers) { output in
                let source = weight.from(row: output).start
                return { source[$0] }
            }
            content = .float32(panels)
        }
    }

    package func multiply(_ x: Matrix, rows: Int, into y: Matrix, panels range: Range<Int>, accumulating: Bool) {
        switch content {
        case .float32(let panels): panels.multiply(x, rows: rows, into: y, panels: range, accumulating: accumulating)
        case .bfloat16(let panels): panels.multiply(x, rows: rows, into: y, panels: range, accumulating: accumulating)
        }
    }

    /// Whether every weight's lower half is 0.
    private static func isBFloat16(_ weight: Matrix, outputs: Int, inputs: Int, workers: Workers) -> Bool {
        func isBFloat16(_ output: Int) -> Bool {
            let source = weight.from(row: output).start
            var bits: UInt32 = 0
            for input in 0..<inputs { bits |= source[input].bitPattern }
            return bits & 0xffff == 0
        }
        // Weights that are not so show it at once.
        guard outputs > 0, isBFloat16(0) else { return false }
        return withUnsafeTemporaryAllocation(of: Bool.self, capacity: outputs) { rows in
            let rows = rows.baseAddress!
            workers.split(outputs, grain: 64) { range, _ in
                for output in range { rows[output] = isBFloat16(output) }
            }
            return (0..<outputs).allSatisfy { rows[$0] }
        }
    }
}
