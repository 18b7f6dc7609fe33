import COpenBLAS

/// A copy of a weight matrix [outputs, inputs] in panels of 32 outputs, [panels, inputs, 32], for products with few rows.
///
/// Every output of a product is one chain of fused multiply-adds over the inputs in order, so that a row's result is the same
/// to the bit whatever rows stand beside it and however the panels are shared out. Zeros fill up the last panel.
package final class PanelMatrix {
    package static let panelOutputs = 32

    package let outputs: Int
    package let inputs: Int
    private let memory: AlignedBuffer

    package var panels: Int { (outputs + Self.panelOutputs - 1) / Self.panelOutputs }

    package init(_ weight: Matrix, outputs: Int, inputs: Int, workers: Workers) {
        self.outputs = outputs
        self.inputs = inputs
        let width = Self.panelOutputs
        memory = AlignedBuffer(count: (outputs + width - 1) / width * width * inputs)
        workers.split(panels, grain: 4) { range, _ in
            for panel in range {
                let target = memory.pointer + panel * width * inputs
                for output in 0..<min(width, outputs - panel * width) {
                    let source = weight.start + (panel * width + output) * weight.stride
                    for input in 0..<inputs { target[input &* width &+ output] = source[input] }
                }
            }
        }
    }

    /// y[rows, outputs] = x[rows, inputs] · wᵀ in the columns of the panels given. `accumulating` adds to y instead.
    package func multiply(_ x: Matrix, rows: Int, into y: Matrix, panels range: Range<Int>, accumulating: Bool = false) {
        let width = Self.panelOutputs
        for panel in range {
            let source = memory.pointer + panel * width * inputs
            let target = y.start + panel * width
            if outputs - panel * width >= width {
                multiply(x, rows: rows, source, into: Matrix(target, stride: y.stride), accumulating)
            } else {
                multiplyLast(x, rows: rows, source, into: target, stride: y.stride, columns: outputs - panel * width, accumulating)
            }
        }
    }

    /// One whole panel. Rows go in groups, and the first group's pass over the panel brings it from memory.
    private func multiply(_ x: Matrix, rows: Int, _ panel: UnsafePointer<Float>, into y: Matrix, _ accumulating: Bool) {
        var row = 0
        while row < rows {
            let (x, y, left) = (x.from(row: row), y.from(row: row), rows &- row)
            let tall = compiled_for_avx512()
            let count = tall && left >= 12 ? 12 : tall && left >= 8 ? 8 : left >= 4 ? 4 : 1
            if row == 0 {
                tile(x, rows: count, panel, y, accumulating, ahead: Self.ahead)
            } else {
                tile(x, rows: count, panel, y, accumulating, ahead: 0)
            }
            row &+= count
        }
    }

    /// Floats that memory takes to deliver; measured, between 2,048 and 16,384 it makes no difference.
    private static let ahead = 4096

    @inline(__always)
    private func tile(_ x: Matrix, rows: Int, _ panel: UnsafePointer<Float>, _ y: Matrix, _ accumulating: Bool, ahead: Int) {
        let width = Self.panelOutputs
        switch rows {
        case 12: tile12x32(x.start, x.stride, 1, panel, width, y.start, y.stride, inputs, accumulating, ahead: ahead)
        case 8: tile8x32(x.start, x.stride, 1, panel, width, y.start, y.stride, inputs, accumulating, ahead: ahead)
        case 4: tile4x32(x.start, x.stride, 1, panel, width, y.start, y.stride, inputs, accumulating, ahead: ahead)
        default: tile1x32(x.start, 1, panel, width, y.start, inputs, accumulating)
        }
    }

    /// The last panel where it is not full: by way of a whole one, so as not to write beyond the row.
    private func multiplyLast(
        _ x: Matrix, rows: Int, _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, stride: Int, columns: Int,
        _ accumulating: Bool
    ) {
        let width = Self.panelOutputs
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * width) { whole in
            let whole = whole.baseAddress!
            for first in Swift.stride(from: 0, to: rows, by: 4) {
                let count = min(4, rows - first)
                for row in 0..<count where accumulating {
                    (whole + row * width).update(from: target + (first + row) * stride, count: columns)
                }
                smallProduct(
                    x.start + first * x.stride, aRow: x.stride, aColumn: 1, source, bRow: width, into: whole, cRow: width,
                    m: count, n: width, k: inputs, accumulating: accumulating)
                for row in 0..<count { (target + (first + row) * stride).update(from: whole + row * width, count: columns) }
            }
        }
    }
}
