/// What a judge says of one student's answers against another's, each pair put to it in both orders.
public struct Judgement: Codable, Sendable, Hashable {
    /// Pairs whose answers differ in length in the same way.
    public struct LengthBucket: Codable, Sendable, Hashable {
        /// `shorter`, `as long` or `longer`: the student's answer against the baseline's.
        public var name: String
        public var winRate: Estimate

        package init(name: String, winRate: Estimate) {
            self.name = name
            self.winRate = winRate
        }
    }

    public var student: String
    public var baseline: String
    /// `metric`, a judging model's name, or `likelihood under` a local model's.
    public var judge: String
    /// Share of pairs that `student` wins; a tie, and a pair whose verdict turns with the order, is half a win.
    public var winRate: Estimate
    /// The win rate that answers of the same length would have, by a logistic model; nil where nothing was judged.
    public var lengthControlledWinRate: Estimate?
    /// Share of pairs whose verdict turns with the order; of none where the judge sees no order.
    public var flipRate: Estimate
    /// Pairs of which a verdict could not be read; they are in none of the rates.
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
