import PladRecords

/// What a judge says of the students, as a table: a column a comparison.
struct JudgedView {
    struct Line {
        let label: String
        let explanation: String
        let entries: [Cell]
    }

    let judges: String
    let pairings: [String]
    let lines: [Line]

    /// Nil where no judge was asked.
    init?(_ judgements: [Judgement]) {
        guard !judgements.isEmpty else { return nil }
        judges = Set(judgements.map(\.judge)).sorted().joined(separator: ", ")
        pairings = judgements.map { "\($0.student) over \($0.baseline)" }
        var lines = [
            Line(label: "Win rate", explanation: "ties half; even at 0.5", entries: judgements.map { Cell(winRate: $0.winRate) }),
            Line(
                label: "At equal length", explanation: "by a logistic model of length",
                entries: judgements.map { Cell(winRate: $0.lengthControlledWinRate) }),
        ]
        for bucket in ["shorter", "as long", "longer"] {
            let rates = judgements.map { judgement in judgement.byLength.first { $0.name == bucket }?.winRate }
            guard rates.contains(where: { $0?.measured != nil }) else { continue }
            let explanation = bucket == "as long" ? "lengths within a tenth" : "than the baseline’s, by a tenth or more"
            lines.append(Line(label: "Where \(bucket)", explanation: explanation, entries: rates.map { Cell(winRate: $0) }))
        }
        lines.append(
            Line(label: "Flips", explanation: "the verdict turns with the order", entries: judgements.map { Cell(share: $0.flipRate) }))
        lines.append(
            Line(
                label: "Unreadable", explanation: "pairs without a verdict, in no rate",
                entries: judgements.map { Cell(count: $0.malformed) }))
        self.lines = lines
    }
}
