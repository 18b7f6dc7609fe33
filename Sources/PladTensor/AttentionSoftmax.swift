import CKernels

/// Replaces a block of scores by numerators of their softmax, e^(score − shift), with one shift for all rows; unseen columns become 0.
/// not see becomes 0.
///
/// One shift saves the search for every row's maximum. It is exact unless some row is so far below the block's maximum that its
/// numerators vanish: then it returns nil, and the overwritten scores must be recomputed for `softmaxNumerators(row:…)`.
///
/// - Parameters:
///   - scores: [rows, columns], rows `stride` apart; columns a multiple of 16.
///   - seen: number of columns that the first `group` rows see; every further `group` rows see one more.
///   - totals: per row, Σ of the numerators.
func softmaxNumerators(
    _ scores: UnsafeMutablePointer<Float>, stride: Int, rows: Int, group: Int, seen: Int, columns: Int,
    totals: UnsafeMutablePointer<Float>
) -> Float? {
    var shift: Float = 0
    return kernels.softmax_numerators(scores, stride, rows, group, seen, columns, totals, &shift) ? shift : nil
}

/// Replaces one row of scores by e^(score − maximum) for the first `count` and by 0 up to `columns`; returns maximum and sum.
func softmaxNumerators(row scores: UnsafeMutablePointer<Float>, count: Int, columns: Int) -> (peak: Float, total: Float) {
    var peak: Float = 0
    let total = kernels.softmax_row(scores, count, columns, &peak)
    return (peak, total)
}

/// Turns a block of scores into probabilities p = e^(score − logSumExp) and `dp` into the scores' gradient p·(dp − mean); both become 0
/// in unseen columns. Layout and `seen` as in `softmaxNumerators`; `logSumExp` and `mean` per row.
func softmaxBackward(
    _ scores: UnsafeMutablePointer<Float>, _ dp: UnsafeMutablePointer<Float>, stride: Int, rows: Int, group: Int, seen: Int,
    columns: Int, logSumExp: UnsafePointer<Float>, mean: UnsafePointer<Float>
) {
    kernels.softmax_backward(scores, dp, stride, rows, group, seen, columns, logSumExp, mean)
}
