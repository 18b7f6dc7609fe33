import PladRecords

/// A number in a table of students, with its interval and, for a difference, its verdict.
struct Cell {
    let mean: String
    let interval: String
    /// Verdict in words, so that colour is not needed to see it; empty if there is none.
    let judgement: String
    let style: String

    private init(_ mean: String, _ interval: String = "", judgement: String = "", style: String = "") {
        self.mean = mean
        self.interval = interval
        self.judgement = judgement
        self.style = style
    }

    /// Makes the cell of a student's measure.
    init(_ estimate: Estimate?, _ measure: Measure) {
        guard let estimate = estimate?.measured else {
            self.init("–")
            return
        }
        self.init(Numbers.fixed(estimate.mean, measure.decimals), Self.range(estimate, measure.decimals))
    }

    /// Makes the cell of a difference between students.
    init(change difference: StudentDifference, _ measure: Measure) {
        guard let estimate = measure.difference(difference)?.measured, let judgement = measure.judge(difference) else {
            self.init("–")
            return
        }
        let (words, style) =
            switch judgement {
            case .better: ("better", "good")
            case .worse: ("worse", "bad")
            case .changed: (estimate.mean > 0 ? "longer" : "shorter", "")
            case .unclear: ("unclear", "quiet")
            }
        let range =
            estimate.count < 2
            ? "" : "\(Numbers.signed(estimate.low, measure.decimals)) to \(Numbers.signed(estimate.high, measure.decimals))"
        self.init(Numbers.signed(estimate.mean, measure.decimals), range, judgement: words, style: style)
    }

    /// Makes the cell of a share of prompts won.
    init(winRate: Estimate?) {
        guard let rate = winRate?.measured else {
            self.init("–")
            return
        }
        let (words, style) = rate.low > 0.5 ? ("better", "good") : rate.high < 0.5 ? ("worse", "bad") : ("unclear", "quiet")
        self.init(Numbers.fixed(rate.mean, 3), Self.range(rate, 3), judgement: words, style: style)
    }

    /// Makes the cell of a share that is neither good nor bad.
    init(share: Estimate?) {
        guard let share = share?.measured else {
            self.init("–")
            return
        }
        self.init(Numbers.fixed(share.mean, 3), Self.range(share, 3))
    }

    init(count: Int) {
        self.init(Numbers.count(count))
    }

    /// The text of an interval; a word joiner keeps a narrow table from breaking it.
    private static func range(_ estimate: Estimate, _ decimals: Int) -> String {
        guard estimate.count > 1 else { return "" }
        let dash = estimate.low < 0 ? " to " : "–\u{2060}"
        return Numbers.fixed(estimate.low, decimals) + dash + Numbers.fixed(estimate.high, decimals)
    }
}
