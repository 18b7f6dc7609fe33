import CKernels

/// Accumulates the log-sum-exp of rows of logits from one tile of columns to the next: greatest value and Σ e^(logit − greatest).
///
/// - Parameters:
///   - logits: [rows, columns], rows `stride` apart.
///   - greatest: per row, −∞ before the first tile; `total`: per row, 0 before it.
package func accumulateLogSumExp(
    _ logits: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int,
    greatest peak: UnsafeMutablePointer<Float>, total: UnsafeMutablePointer<Float>
) {
    kernels.accumulate_log_sum_exp(logits, stride, rows, columns, peak, total)
}

/// Replaces rows of logits by the part of the loss gradient that all columns share: logit ← −weight·e^(logit − logSumExp), where the
/// loss is −Σ over the row's targets of weight·logProbability. The caller adds the targets' own +weight.
package func softmaxGradient(
    _ logits: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int,
    logSumExp: UnsafePointer<Float>, weight: UnsafePointer<Float>
) {
    kernels.softmax_gradient(logits, stride, rows, columns, logSumExp, weight)
}
