/// The correlation of two rankings of the same items, from -1 (reversed) to 1 (the same); nil if either has only ties.
package enum RankCorrelation {
    /// Kendall's τ-b: pairs in the same order minus pairs in opposite order, corrected for ties.
    /// Source: Kendall 1945, "The treatment of ties in ranking problems". O(n²).
    package static func kendall(_ left: [Double], _ right: [Double]) -> Double? {
        precondition(left.count == right.count, "\(left.count) values cannot be compared with \(right.count)")
        var (agreement, leftUntied, rightUntied) = (0, 0, 0)
        for i in left.indices {
            for j in 0..<i {
                let (a, b) = (order(left[i], left[j]), order(right[i], right[j]))
                agreement += a * b
                leftUntied += a * a
                rightUntied += b * b
            }
        }
        guard leftUntied > 0, rightUntied > 0 else { return nil }
        return Double(agreement) / (Double(leftUntied) * Double(rightUntied)).squareRoot()
    }

    /// Spearman's ρ: the correlation of ranks, equal values sharing the mean of theirs.
    package static func spearman(_ left: [Double], _ right: [Double]) -> Double? {
        precondition(left.count == right.count, "\(left.count) values cannot be compared with \(right.count)")
        let (a, b) = (ranks(of: left), ranks(of: right))
        let mean = Double(left.count + 1) / 2
        var (product, aSquares, bSquares) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            product += (x - mean) * (y - mean)
            aSquares += (x - mean) * (x - mean)
            bSquares += (y - mean) * (y - mean)
        }
        guard aSquares > 0, bSquares > 0 else { return nil }
        return product / (aSquares * bSquares).squareRoot()
    }

    private static func order(_ a: Double, _ b: Double) -> Int {
        a > b ? 1 : a < b ? -1 : 0
    }

    private static func ranks(of values: [Double]) -> [Double] {
        values.map { value in
            let below = values.count { $0 < value }
            let equal = values.count { $0 == value }
            return Double(below) + Double(equal + 1) / 2
        }
    }
}
