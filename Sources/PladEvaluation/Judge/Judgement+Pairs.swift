package import PladRecords

extension Judgement {
    /// Sums up pairs, one for each prompt.
    ///
    /// - Parameter seesOrder: true if the judge sees the order, so that a flip is possible.
    package init(of pairs: [JudgedPair], student: String, baseline: String, judge: String, seesOrder: Bool = true, bootstrap: Bootstrap) {
        let readable = pairs.filter { $0.score != nil }
        let scores = readable.map { $0.score! }
        let longer = readable.map { Double($0.studentLength - $0.baselineLength) }
        let buckets = ["shorter", "as long", "longer"].map { name in
            LengthBucket(
                name: name,
                winRate: bootstrap.estimate(of: readable.map { $0.lengthBucket == name ? Ratio($0.score!) : Ratio(0, of: 0) }))
        }
        self.init(
            student: student, baseline: baseline, judge: judge,
            winRate: bootstrap.estimate(of: scores),
            lengthControlledWinRate: readable.isEmpty
                ? nil
                : bootstrap.estimate(prompts: readable.count, count: readable.count) { times in
                    LengthControl.winRate(scores: scores, longer: longer, times: times)
                },
            flipRate: bootstrap.estimate(of: seesOrder ? readable.map { $0.isFlipped ? 1.0 : 0.0 } : []),
            malformed: pairs.count - readable.count,
            byLength: buckets.filter { $0.winRate.count > 0 })
    }
}

extension JudgedPair {
    /// Bucket of the relative length; within a tenth of the baseline's is `as long`.
    fileprivate var lengthBucket: String {
        let ratio = Double(studentLength) / Double(max(baselineLength, 1))
        return ratio < 0.9 ? "shorter" : ratio > 1.1 ? "longer" : "as long"
    }
}
