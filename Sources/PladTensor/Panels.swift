import COpenBLAS

/// Panels of 32 columns, [count, inputs, 32], in memory of another's, and products with few rows.
struct Panels<Scalar: PanelScalar> {
    static var width: Int { 32 }
    static func count(outputs: Int) -> Int { (outputs + width - 1) / width }

    let start: UnsafeMutablePointer<Scalar>
    let outputs: Int
    let inputs: Int
    /// By output, in whole panels; nil where nothing is scaled.
    let scales: UnsafePointer<Float>?

    var count: Int { Self.count(outputs: outputs) }

    /// Writes the weights of every output, as `weights` of that output gives them by input.
    func fill(_ workers: Workers, _ weights: (_ output: Int) -> (_ input: Int) -> Scalar) {
        let width = Self.width
        workers.split(count, grain: 4) { range, _ in
            for panel in range {
                let target = start + panel * width * inputs
                for column in 0..<min(width, outputs - panel * width) {
                    let weight = weights(panel * width + column)
                    for input in 0..<inputs { target[input &* width &+ column] = weight(input) }
                }
            }
        }
    }

    func multiply(_ x: Matrix, rows: Int, into y: Matrix, panels range: Range<Int>, accumulating: Bool) {
        let width = Self.width
        var panel = range.lowerBound
        while panel < range.upperBound {
            defer { panel &+= 1 }
            let (source, target) = (start + panel * width * inputs, y.from(column: panel * width))
            let scales = scales.map { $0 + panel * width }
            if rows == 1, panel + 1 < range.upperBound, outputs - panel * width >= 2 * width {
                tile1x64(x.start, source, apart: width * inputs, target.start, inputs, accumulating, ahead: Self.ahead, scales: scales)
                panel &+= 1
            } else if outputs - panel * width >= width {
                multiply(x, rows: rows, source, scales, into: target, accumulating)
            } else {
                multiplyLast(x, rows: rows, source, scales, into: target, columns: outputs - panel * width, accumulating)
            }
        }
    }

    /// One whole panel. Rows go in groups, and the first group's pass over the panel brings it from memory.
    private func multiply(
        _ x: Matrix, rows: Int, _ panel: UnsafePointer<Scalar>, _ scales: UnsafePointer<Float>?, into y: Matrix, _ accumulating: Bool
    ) {
        var row = 0
        while row < rows {
            let (x, y, left) = (x.from(row: row), y.from(row: row), rows &- row)
            let tall = compiled_for_avx512()
            let count = tall && left >= 12 ? 12 : tall && left >= 8 ? 8 : left >= 4 ? 4 : 1
            if row == 0 {
                tile(x, rows: count, panel, scales, y, accumulating, ahead: Self.ahead)
            } else {
                tile(x, rows: count, panel, scales, y, accumulating, ahead: 0)
            }
            row &+= count
        }
    }

    /// Numbers that pass while memory delivers; measured, between a half and four times as many make no difference.
    private static var ahead: Int { 4096 }

    @inline(__always)
    private func tile(
        _ x: Matrix, rows: Int, _ panel: UnsafePointer<Scalar>, _ scales: UnsafePointer<Float>?, _ y: Matrix, _ accumulating: Bool,
        ahead: Int
    ) {
        let (x, row, width, target) = (x.start, x.stride, Self.width, y.start)
        switch rows {
        case 12: tile12x32(x, row, 1, panel, width, target, y.stride, inputs, accumulating, ahead: ahead, scales: scales)
        case 8: tile8x32(x, row, 1, panel, width, target, y.stride, inputs, accumulating, ahead: ahead, scales: scales)
        case 4: tile4x32(x, row, 1, panel, width, target, y.stride, inputs, accumulating, ahead: ahead, scales: scales)
        default: tile1x32(x, 1, panel, width, target, inputs, accumulating, scales: scales)
        }
    }

    /// The last panel where it is not full: by way of a whole one, so as not to write beyond the row.
    private func multiplyLast(
        _ x: Matrix, rows: Int, _ panel: UnsafePointer<Scalar>, _ scales: UnsafePointer<Float>?, into y: Matrix, columns: Int,
        _ accumulating: Bool
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.width) { whole in
            let whole = Matrix(whole.baseAddress!, stride: Self.width)
            for row in 0..<rows {
                let target = y.from(row: row).start
                if accumulating { whole.start.update(from: target, count: columns) }
                tile(x.from(row: row), rows: 1, panel, scales, whole, accumulating, ahead: 0)
                target.update(from: whole.start, count: columns)
            }
        }
    }
}
