extension Array where Element: Comparable {
    /// The number of elements that two sorted bags share, each counted as often as both hold it.
    func countInCommon(with other: [Element]) -> Int {
        var common = 0
        var (i, j) = (0, 0)
        while i < count, j < other.count {
            if self[i] == other[j] {
                (common, i, j) = (common + 1, i + 1, j + 1)
            } else if self[i] < other[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return common
    }
}
