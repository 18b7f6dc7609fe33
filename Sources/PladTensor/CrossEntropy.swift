/// Carries the log-sum-exp of rows of logits from one tile of columns to the next: greatest value and Σ e^(logit − greatest).
///
/// - Parameters:
///   - logits: [rows, columns], rows `stride` apart.
///   - greatest: per row, −∞ before the first tile; `total`: per row, 0 before it.
package func accumulateLogSumExp(
    _ logits: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int,
    greatest peak: UnsafeMutablePointer<Float>, total: UnsafeMutablePointer<Float>
) {
    for row in 0..<rows {
        let logits = logits + row &* stride
        let whole = columns &- columns % 16
        var peaks = Vector(repeating: peak[row])
        var i = 0
        while i < whole {
            peaks = greater(peaks, load(logits + i))
            i &+= 16
        }
        var top = greatest(peaks)
        while i < columns {
            top = max(top, logits[i])
            i &+= 1
        }
        let shift = Vector(repeating: top)
        var sums = Vector.zero
        i = 0
        while i < whole {
            sums += exponential(load(logits + i) - shift)
            i &+= 16
        }
        if i < columns {
            let left = columns &- i
            var tail = exponential(load(logits + i, count: left) - shift)
            tail.replace(with: 0, where: laneNumbers .>= Float(left))
            sums += tail
        }
        let before = total[row] == 0 ? 0 : total[row] * exponential(Vector(repeating: peak[row] - top))[0]
        peak[row] = top
        total[row] = before + sum(sums)
    }
}

/// Turns rows of logits into gradients of −Σ over the row's targets of weight·logProbability's part that all columns share:
/// logit ← −weight·e^(logit − logSumExp). The targets' own +weight is added by the caller.
package func softmaxGradient(
    _ logits: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int,
    logSumExp: UnsafePointer<Float>, weight: UnsafePointer<Float>
) {
    for row in 0..<rows {
        let logits = logits + row &* stride
        let (shift, factor) = (Vector(repeating: logSumExp[row]), -weight[row])
        var i = 0
        while i < columns {
            let left = columns &- i
            store(exponential(load(logits + i, count: left) - shift) * factor, to: logits + i, count: left)
            i &+= 16
        }
    }
}
