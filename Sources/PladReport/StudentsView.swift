import PladRecords

/// The students compared: a plot a measure, the same numbers as a table, and the paired differences.
struct StudentsView {
    struct Plot {
        let heading: String
        let meaning: String
        let markup: String
    }

    struct Row {
        let measure: String
        let cells: [Cell]
    }

    struct Cell {
        let mean: String
        let interval: String
        /// In words, so that colour is not all that says it; empty where nothing is judged.
        let judgement: String
        let style: String
    }

    let prompts: String
    let plots: [Plot]
    let names: [String]
    let rows: [Row]
    let comparisons: [String]
    let changes: [Row]

    /// Nil where no student was measured.
    init?(_ evaluation: Evaluation) {
        let measures = Measure.measured(in: evaluation)
        guard !measures.isEmpty else { return nil }
        prompts = Numbers.count(evaluation.students.map(\.rougeL.count).max() ?? 0)
        plots = measures.map { measure in
            let rows = evaluation.students.map { (name: $0.name, estimate: measure.estimate($0)) }
            let plot = IntervalPlot(title: measure.name, rows: rows, decimals: measure.decimals)
            return Plot(heading: measure.name, meaning: measure.meaning, markup: plot.markup())
        }
        names = evaluation.students.map(\.name)
        rows = measures.map { measure in
            Row(measure: measure.name, cells: evaluation.students.map { Self.cell(measure.estimate($0), measure) })
        }
        comparisons = evaluation.differences.map { "\($0.student) − \($0.baseline)" }
        changes = measures.map { measure in
            Row(measure: measure.name, cells: evaluation.differences.map { Self.change($0, measure) })
        }
    }

    private static func cell(_ estimate: Estimate?, _ measure: Measure) -> Cell {
        guard let estimate = estimate?.measured else { return Cell(mean: "–", interval: "", judgement: "", style: "") }
        let range =
            "\(Numbers.fixed(estimate.low, measure.decimals))\(estimate.low < 0 ? " to " : "–")\(Numbers.fixed(estimate.high, measure.decimals))"
        return Cell(mean: Numbers.fixed(estimate.mean, measure.decimals), interval: range, judgement: "", style: "")
    }

    private static func change(_ difference: StudentDifference, _ measure: Measure) -> Cell {
        guard let estimate = measure.difference(difference)?.measured, let judgement = measure.judge(difference) else {
            return Cell(mean: "–", interval: "", judgement: "", style: "")
        }
        let (words, style) =
            switch judgement {
            case .better: ("better", "good")
            case .worse: ("worse", "bad")
            case .changed: (estimate.mean > 0 ? "longer" : "shorter", "")
            case .unclear: ("unclear", "quiet")
            }
        let range = "\(Numbers.signed(estimate.low, measure.decimals)) to \(Numbers.signed(estimate.high, measure.decimals))"
        return Cell(mean: Numbers.signed(estimate.mean, measure.decimals), interval: range, judgement: words, style: style)
    }
}
