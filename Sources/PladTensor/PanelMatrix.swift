import CKernels

/// A copy of a weight matrix [outputs, inputs] repacked for products with few rows: those of a decode step.
///
/// It lies in panels of as many outputs as the processor's registers take, [panels, inputs, width]; zeros fill up the last one.
package final class PanelMatrix {
    /// What a weight is kept in.
    package enum Format: Sendable {
        case float32
        /// Weights that are bfloat16, as published models have them: the same numbers to the bit, half the memory to read.
        case bfloat16
        /// Eight bits a weight: w ≈ scale·q with a scale for every 32 inputs of an output, their greatest weight over 127, and q
        /// a whole number (Dettmers et al. 2022, "LLM.int8()", section 2.1, by blocks as in llama.cpp's q8_0).
        ///
        /// The rows that are multiplied are rounded likewise when they come, to sixteen bits, so that a block's sum is one of whole
        /// numbers, which is exact; the blocks' sums times both scales are one chain of multiply-adds. (Rows of eight bits, as
        /// q8_0 has them, are faster with VNNI, and made a real model part from its float32 text sooner.)
        case int8
    }

    package let outputs: Int
    package let inputs: Int
    package let format: Format
    /// How many panels there are.
    package let panels: Int
    private let memory: AlignedBuffer
    private let kernel: kernel_panels

    /// - Parameter rounding: to eight bits a weight; else every weight is kept as it is, in bfloat16 where all of them are so.
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

    /// Bytes that a product reads of the matrix.
    package var bytes: Int { memory.count * MemoryLayout<Float>.stride }

    /// y[rows, outputs] = x[rows, inputs] · wᵀ in the columns of the panels given. `accumulating` adds to y instead.
    ///
    /// A row's result is the same to the bit whatever rows stand beside it and however the panels are shared out.
    package func multiply(_ x: Matrix, rows: Int, into y: Matrix, panels range: Range<Int>, accumulating: Bool) {
        let scratch = ThreadScratch.floats((kernel.scratch(rows, inputs) + 3) / MemoryLayout<Float>.stride)
        kernel.multiply(
            x.start, x.stride, rows, memory.pointer, outputs, inputs, range.lowerBound, range.upperBound, y.start, y.stride,
            accumulating, scratch)
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
