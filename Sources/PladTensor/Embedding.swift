import CKernels

/// Copies row `ids[t]` of the table to row t of the output, for rows in `range`. Table and output are [·, width].
package func gatherRows(
    _ table: UnsafePointer<Float>, ids: UnsafePointer<Int32>, into output: UnsafeMutablePointer<Float>, range: Range<Int>, width: Int
) {
    for row in range {
        (output + row &* width).update(from: table + Int(ids[row]) &* width, count: width)
    }
}

/// Adds row t of `rows` to row `ids[t]` of the table, for t in `0..<count` in order, in the given columns only: workers with different
/// columns never write to the same place, and every sum has one order.
package func scatterRows(
    _ rows: UnsafePointer<Float>, ids: UnsafePointer<Int32>, addingTo table: UnsafeMutablePointer<Float>,
    count: Int, columns: Range<Int>, width: Int
) {
    for row in 0..<count {
        let source = rows + (row &* width &+ columns.lowerBound)
        let target = table + (Int(ids[row]) &* width &+ columns.lowerBound)
        kernels.add(source, target, columns.count)
    }
}
