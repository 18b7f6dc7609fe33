/// A judge's verdicts on one student's completions against another's; each pair is judged in both orders.
public struct Judgement: Codable, Sendable, Hashable {
    /// The pairs whose completions differ in length in the same direction.
    public struct LengthBucket: Codable, Sendable, Hashable {
        /// Length of the student's completion relative to the baseline's: `shorter`, `as long` or `longer`.
        public var name: String
        public var winRate: Estimate

        package init(name: String, winRate: Estimate) {
            self.name = name
            self.winRate = winRate
        }
    }

    public var student: String
    public var baseline: String
    /// Name of the judge: `metric`, a judging model's name, or `likelihood under` a local model's.
    public var judge: String
    /// Share of pairs that `student` wins; a tie, and a pair whose verdict depends on the order, is half a win.
    public var winRate: Estimate
    /// Win rate at equal length, by a logistic model; nil if nothing was judged.
    public var lengthControlledWinRate: Estimate?
    /// Share of pairs whose verdict depends on the order; its count is 0 if the judge sees no order.
    public var flipRate: Estimate
    /// Number of pairs with an unreadable verdict; no rate includes them.
    public var malformed: Int
    public var byLength: [LengthBucket]

    package init(
        student: String, baseline: String, judge: String, winRate: Estimate, lengthControlledWinRate: Estimate?, flipRate: Estimate,
        malformed: Int, byLength: [LengthBucket]
    ) {
        self.student = student
        self.baseline = baseline
        self.judge = judge
        self.winRate = winRate
        self.lengthControlledWinRate = lengthControlledWinRate
        self.flipRate = flipRate
        self.malformed = malformed
        self.byLength = byLength
    }
}
