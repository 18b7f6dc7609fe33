import PladRecords

/// One judge's verdicts on the students: a plot of its win rates, and all its numbers as a table with a column for each comparison.
struct JudgedView {
    struct Line {
        let label: String
        let explanation: String
        let entries: [Cell]
    }

    /// Name of the judge, in words.
    let judge: String
    /// Reliability of the judge: flips and unreadable verdicts over all pairs; empty for a judge that sees no order.
    let note: String
    let plot: String
    let pairings: [String]
    let lines: [Line]

    /// Views of all judges, in the order in which they were asked.
    static func all(_ evaluation: Evaluation) -> [JudgedView] {
        let judgements = evaluation.judgements ?? []
        var names: [String] = []
        for judgement in judgements where !names.contains(judgement.judge) { names.append(judgement.judge) }
        return names.map { name in JudgedView(name, judgements.filter { $0.judge == name }, evaluation.likeness) }
    }

    private init(_ name: String, _ judgements: [Judgement], _ likeness: SimilarityMetric) {
        let seesOrder = judgements.contains { $0.flipRate.measured != nil }
        judge = (judgements.first?.judgeInWords(likeness) ?? name) + (seesOrder ? ", every pair in both orders" : "")
        note = Self.note(judgements)
        pairings = judgements.map { "\($0.student) over \($0.baseline)" }
        let rates = zip(pairings, judgements).map { (name: $0, estimate: Optional($1.winRate)) }
        plot = IntervalPlot(title: "Win rate by \(name)", rows: rates, decimals: 3, reference: 0.5, emphasis: 0).markup()
        var lines = [
            Line(label: "Win rate", explanation: "ties half; even at 0.5", entries: judgements.map { Cell(winRate: $0.winRate) }),
            Line(
                label: "At equal length", explanation: "by a logistic model of length",
                entries: judgements.map { Cell(winRate: $0.lengthControlledWinRate) }),
        ]
        for bucket in ["shorter", "as long", "longer"] {
            let rates = judgements.map { judgement in judgement.byLength.first { $0.name == bucket }?.winRate }
            guard rates.contains(where: { $0?.measured != nil }) else { continue }
            let explanation = bucket == "as long" ? "lengths within a tenth" : "than the other’s, by a tenth or more"
            lines.append(Line(label: "Where \(bucket)", explanation: explanation, entries: rates.map { Cell(winRate: $0) }))
        }
        if seesOrder {
            lines.append(
                Line(label: "Flips", explanation: "the verdict turns with the order", entries: judgements.map { Cell(share: $0.flipRate) }))
        }
        if seesOrder || judgements.contains(where: { $0.malformed > 0 }) {
            lines.append(
                Line(
                    label: "Unreadable", explanation: "pairs without a verdict, in no rate",
                    entries: judgements.map { Cell(count: $0.malformed) }))
        }
        self.lines = lines
    }

    private static func note(_ judgements: [Judgement]) -> String {
        let flips = judgements.compactMap(\.flipRate.measured)
        let pairs = flips.reduce(0) { $0 + Double($1.count) }
        guard pairs > 0 else { return "" }
        let turned = flips.reduce(0) { $0 + $1.mean * Double($1.count) } / pairs
        let malformed = judgements.reduce(0) { $0 + Double($1.malformed) }
        return "The verdict turns with the order on \(Numbers.fixed(100 * turned, 0)) % of \(Numbers.count(Numbers.whole(pairs))) pairs; "
            + "\(Numbers.count(Numbers.whole(malformed))) more unreadable."
    }
}
