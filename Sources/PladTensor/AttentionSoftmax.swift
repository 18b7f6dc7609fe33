/// Replaces a block of scores by numerators of their softmax, e^(score − shift), with one shift for all rows; what a row does
/// not see becomes 0.
///
/// One shift spares every row a search for its own peak. It is exact as long as no row lies so far below the block's peak that
/// its numerators vanish: then nil is answered, and the scores, now overwritten, must be made again for `softmaxNumerators(row:…)`.
/// - Parameters:
///   - scores: [rows, columns], rows `stride` apart; columns a multiple of 16.
///   - seen: columns that the first `group` rows see; every further `group` rows see one more.
///   - totals: per row, Σ of the numerators.
func softmaxNumerators(
    _ scores: UnsafeMutablePointer<Float>, stride: Int, rows: Int, group: Int, seen: Int, columns: Int,
    totals: UnsafeMutablePointer<Float>
) -> Float? {
    let keys = seen &+ (rows &- 1) / group
    let whole = seen &- seen % 16
    let limits = Vector(repeating: -.infinity)
    var peaks = limits
    for row in 0..<rows {
        let scores = scores + row &* stride
        var i = 0
        while i &+ 16 <= keys {
            peaks = greater(peaks, load(scores + i))
            i &+= 16
        }
        if i < keys {
            peaks = greater(peaks, load(scores + i).replacing(with: limits, where: laneNumbers .>= Float(keys &- i)))
        }
    }
    let shift = greatest(peaks)
    var least = Float.infinity
    var row = 0
    var count = seen
    while row < rows {
        for _ in 0..<group {
            let scores = scores + row &* stride
            var sums = Vector.zero
            var i = 0
            while i < whole {
                let e = exponential(load(scores + i) - shift)
                store(e, to: scores + i)
                sums += e
                i &+= 16
            }
            while i < columns {
                var e = exponential(load(scores + i) - shift)
                e.replace(with: 0, where: laneNumbers .>= Float(count &- i))
                store(e, to: scores + i)
                sums += e
                i &+= 16
            }
            let total = sum(sums)
            totals[row] = total
            least = min(least, total)
            row &+= 1
        }
        count &+= 1
    }
    return least > 1e-20 ? shift : nil
}

/// Replaces one row of scores by e^(score − its own peak) for the first `count` and by 0 up to `columns`; answers peak and sum.
func softmaxNumerators(row scores: UnsafeMutablePointer<Float>, count: Int, columns: Int) -> (peak: Float, total: Float) {
    var peak = scores[0]
    for i in 1..<max(count, 1) { peak = max(peak, scores[i]) }
    var sums = Vector.zero
    var i = 0
    while i < columns {
        var e = exponential(load(scores + i) - peak)
        e.replace(with: 0, where: laneNumbers .>= Float(count &- i))
        store(e, to: scores + i)
        sums += e
        i &+= 16
    }
    return (peak, sum(sums))
}

/// Turns a block of scores into probabilities p = e^(score − logSumExp) and `dp` into the scores' gradient p·(dp − mean);
/// both become 0 where a row does not see. Layout and `seen` as in `softmaxNumerators`; `logSumExp` and `mean` per row.
func softmaxBackward(
    _ scores: UnsafeMutablePointer<Float>, _ dp: UnsafeMutablePointer<Float>, stride: Int, rows: Int, group: Int, seen: Int,
    columns: Int, logSumExp: UnsafePointer<Float>, mean: UnsafePointer<Float>
) {
    let whole = seen &- seen % 16
    var row = 0
    var count = seen
    while row < rows {
        for _ in 0..<group {
            let (scores, dp) = (scores + row &* stride, dp + row &* stride)
            let (shift, mean) = (Vector(repeating: logSumExp[row]), Vector(repeating: mean[row]))
            var i = 0
            while i < whole {
                let p = exponential(load(scores + i) - shift)
                store(p, to: scores + i)
                store(p * (load(dp + i) - mean), to: dp + i)
                i &+= 16
            }
            while i < columns {
                var p = exponential(load(scores + i) - shift)
                p.replace(with: 0, where: laneNumbers .>= Float(count &- i))
                store(p, to: scores + i)
                store(p * (load(dp + i) - mean), to: dp + i)
                i &+= 16
            }
            row &+= 1
        }
        count &+= 1
    }
}
