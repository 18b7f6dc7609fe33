import CKernels

/// A copy of a weight matrix [outputs, inputs] repacked for products with few rows: those of a decode step.
///
/// The layout is panels of as many outputs as the processor's registers hold, [panels, inputs, width]; the last one is padded with
/// zeros.
package final class PanelMatrix {
    /// The number format of the weights.
    package enum Format: Sendable {
        case float32
        /// Bfloat16, for weights that all are bfloat16, as in published models: the same numbers to the bit, half the memory traffic.
        case bfloat16
        /// Eight bits a weight: w ≈ scale·q with a scale for every 32 inputs of an output, their greatest weight over 127, and q an
        /// integer (Dettmers et al. 2022, "LLM.int8()", section 2.1, by blocks as in llama.cpp's q8_0).
        ///
        /// The input rows are rounded too, to sixteen bits, so that a block's sum is an exact sum of integers; the blocks' sums times
        /// both scales are one chain of multiply-adds. (Rows of eight bits, as in q8_0, are faster with VNNI, but in a real model the
        /// text departed from that of float32 sooner.)
        case int8
    }

    package let outputs: Int
    package let inputs: Int
    package let format: Format
    /// Number of panels.
    package let panels: Int
    private let memory: AlignedBuffer
    private let kernel: kernel_panels

    /// - Parameter rounding: true for eight bits a weight; else every weight is exact, in bfloat16 if all of them are.
    package init(_ weight: Matrix, outputs: Int, inputs: Int, rounding: Bool = false, workers: Workers) {
        let format: Format =
            rounding ? .int8 : Self.isBFloat16(weight, outputs: outputs, inputs: inputs, workers: workers) ? .bfloat16 : .float32
        let kernel =
            switch format {
            case .float32: kernels.float32
            case .bfloat16: kernels.bfloat16
            case .int8: kernels.int8
            }
        let panels = (outputs + kernel.width - 1) / kernel.width
        let bytes = kernel.bytes(inputs)
        let memory = AlignedBuffer(count: panels * bytes / MemoryLayout<Float>.stride)
        workers.split(panels, grain: 4) { range, _ in
            for panel in range {
                kernel.pack(weight.start, weight.stride, outputs, inputs, panel, UnsafeMutableRawPointer(memory.pointer) + panel * bytes)
            }
        }
        (self.outputs, self.inputs, self.format, self.panels) = (outputs, inputs, format, panels)
        (self.memory, self.kernel) = (memory, kernel)
    }

    /// Number of bytes that a product reads of the matrix.
    package var bytes: Int { memory.count * MemoryLayout<Float>.stride }

    /// Computes y[rows, outputs] = x[rows, inputs] · wᵀ in the columns of the given panels. `accumulating` adds to y instead.
    ///
    /// A row's result does not depend on the other rows or on the division into panels, to the bit.
    package func multiply(_ x: Matrix, rows: Int, into y: Matrix, panels range: Range<Int>, accumulating: Bool) {
        let scratch = ThreadScratch.floats((kernel.scratch(rows, inputs) + 3) / MemoryLayout<Float>.stride)
        kernel.multiply(
            x.start, x.stride, rows, memory.pointer, outputs, inputs, range.lowerBound, range.upperBound, y.start, y.stride,
            accumulating, scratch)
    }

    /// True if every weight's lower half is 0.
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
