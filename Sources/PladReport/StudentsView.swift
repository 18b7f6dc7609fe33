import PladRecords

/// The students compared: a plot for each measure, all numbers as a table, paired differences, distributions and reliability.
struct StudentsView {
    struct Plot {
        let heading: String
        let meaning: String
        let markup: String
    }

    struct Row {
        let measure: String
        /// Meaning of the measure, if no plot above explains it.
        let hint: String?
        let cells: [Cell]
    }

    let prompts: String
    /// Note to show if ROUGE cannot read the texts.
    let note: String?
    let likeness: String
    let plots: [Plot]
    let names: [String]
    let rows: [Row]
    let comparisons: [String]
    let changes: [Row]
    let judged: [JudgedView]
    let distributions: [Plot]
    let reliability: [Plot]
    let likelihood: [Plot]
    let riskCoverage: [Plot]
    /// Possible gain of ranking.
    let headroom: String?

    /// Nil if no student was measured.
    init?(_ evaluation: Evaluation) {
        let measures = Measure.measured(in: evaluation)
        guard !measures.isEmpty else { return nil }
        prompts = Numbers.count(evaluation.students.map(\.rougeL.count).max() ?? 0)
        note = evaluation.rougeNote.map { $0 + "." }
        likeness = evaluation.likeness.rawValue
        plots = measures.filter(\.isMain).map { measure in
            let rows = evaluation.students.map { (name: $0.name, estimate: measure.estimate($0)) }
            let plot = IntervalPlot(title: measure.name, rows: rows, decimals: measure.decimals, limits: measure.limits)
            return Plot(heading: measure.name, meaning: measure.meaning, markup: plot.markup())
        }
        names = evaluation.students.map(\.name)
        rows = measures.map { measure in
            Row(
                measure: measure.name, hint: measure.isMain ? nil : measure.meaning,
                cells: evaluation.students.map { Cell(measure.estimate($0), measure) })
        }
        comparisons = evaluation.differences.map { "\($0.student) − \($0.baseline)" }
        let changed = measures.map { measure in
            Row(measure: measure.name, hint: nil, cells: evaluation.differences.map { Cell(change: $0, measure) })
        }
        changes = changed + Self.wins(evaluation)
        judged = JudgedView.all(evaluation)
        distributions = Self.distributions(evaluation)
        reliability = Self.reliability(evaluation)
        likelihood = Self.likelihood(evaluation)
        riskCoverage = Self.riskCoverage(evaluation)
        headroom = Headroom.sentence(evaluation)
    }

    private static func riskCoverage(_ evaluation: Evaluation) -> [Plot] {
        evaluation.students.compactMap { student in
            guard let curve = student.quality?.riskCoverage, curve.points.count > 1 else { return nil }
            let kept = curve.coverage.map { coverage in
                "95 % right above \(Numbers.fixed(curve.threshold ?? 0, 2)) nats on the prompts that chose: here \(Numbers.fixed(100 * coverage, 0)) % are answered"
                    + (curve.precision.map { ", quality \(Numbers.fixed($0, 3))." } ?? ".")
            }
            return Plot(
                heading: student.name, meaning: kept ?? "",
                markup: RiskCoveragePlot(title: "Risk and coverage of \(student.name)", curve: curve).markup())
        }
    }

    private static func reliability(_ evaluation: Evaluation) -> [Plot] {
        evaluation.students.compactMap { student in
            student.reliability.map { bins in
                let error = student.more?.calibrationError?.measured.map { "Calibration error \(Numbers.fixed($0.mean, 3))." }
                return Plot(
                    heading: student.name, meaning: error ?? "",
                    markup: ReliabilityPlot(title: "Reliability of \(student.name)", bins: bins).markup())
            }
        }
    }

    private static func likelihood(_ evaluation: Evaluation) -> [Plot] {
        let axis = LikelihoodPlot.axis(evaluation.students.compactMap(\.likelihoodQuality))
        return evaluation.students.compactMap { student in
            student.likelihoodQuality.map { quality in
                let tau = student.more?.kendall?.measured.map { "Kendall’s τ-b \(Numbers.fixed($0.mean, 3)) within a prompt." }
                return Plot(
                    heading: student.name, meaning: tau ?? "",
                    markup: LikelihoodPlot(
                        title: "Likelihood and quality of \(student.name)", quality: quality, likeness: evaluation.likeness.rawValue,
                        x: axis
                    ).markup())
            }
        }
    }

    private static func distributions(_ evaluation: Evaluation) -> [Plot] {
        let rouge = evaluation.students.map { (name: $0.name, spread: $0.rougeLSpread) }
        let chrF = evaluation.students.map { (name: $0.name, spread: $0.chrFSpread) }
        let lengths = evaluation.students.map { (name: $0.name, spread: $0.answerTokensSpread) }
        let withTeacher = [(name: "teacher", spread: evaluation.teacherTokensSpread)] + lengths
        let plots = [
            ("ROUGE-L", "Of single completions.", SpreadPlot(title: "Distribution of ROUGE-L", rows: rouge, decimals: 2)),
            ("chrF", "Of single completions.", SpreadPlot(title: "Distribution of chrF", rows: chrF, decimals: 2)),
            ("Length", "Tokens of single completions.", SpreadPlot(title: "Distribution of length", rows: withTeacher, decimals: 0)),
        ]
        return plots.compactMap { heading, meaning, plot in
            plot.isEmpty ? nil : Plot(heading: heading, meaning: meaning, markup: plot.markup())
        }
    }

    /// The rows for the share of prompts won, whose neutral value is 0.5 rather than 0.
    private static func wins(_ evaluation: Evaluation) -> [Row] {
        let differences = evaluation.differences
        guard differences.contains(where: { $0.winRate?.measured != nil }) else { return [] }
        let hint = "share with the higher \(evaluation.likeness.rawValue), ties half; even at 0.5"
        return [Row(measure: "Prompts won", hint: hint, cells: differences.map { Cell(winRate: $0.winRate) })]
    }
}
