import PladRecords

/// One student's measures, prompt by prompt, before they are averaged.
package struct StudentMeasurements: Sendable {
    /// What is measured of every prompt.
    enum Column: CaseIterable, Sendable {
        case rouge1, rouge2, rougeL, rougeLsum
        /// Nats of teacher tokens.
        case negativeLogLikelihood
        case rankAccuracy, factsKept, answerTokens
        /// Tokens of the answer of tokens of the teacher's text.
        case lengthRatio
        case kendall, spearman
    }

    package let name: String
    package let prompts: [HeldOutMeasurement]
    private let columns: [Column: [Ratio]]

    /// Throws `EvaluationError.notFinite` that names student and prompt where a log-probability or score is no number.
    package init(name: String, prompts: [HeldOutMeasurement]) throws {
        for prompt in prompts where !prompt.isFinite {
            throw EvaluationError(
                .notFinite,
                "the student \"\(name)\" gives a text for prompt \"\(prompt.id)\" a log-probability that is not a number; its weights "
                    + "are damaged or training diverged: train again with a lower --learning-rate")
        }
        self.name = name
        self.prompts = prompts
        var columns = Dictionary(uniqueKeysWithValues: Column.allCases.map { ($0, [Ratio]()) })
        for prompt in prompts {
            for (column, ratio) in prompt.ratios { columns[column]!.append(ratio) }
        }
        self.columns = columns
    }

    /// A measure, prompt by prompt.
    subscript(column: Column) -> [Ratio] { columns[column]! }

    /// Whether any prompt has something to measure.
    func isMeasured(_ column: Column) -> Bool {
        self[column].contains { $0.denominator > 0 }
    }
}

extension HeldOutMeasurement {
    fileprivate var isFinite: Bool {
        teacherLogProbabilities.allSatisfy(\.isFinite) && pairs.allSatisfy { $0.chosen.isFinite && $0.rejected.isFinite }
            && samples.allSatisfy(\.logProbabilityPerToken.isFinite)
    }

    fileprivate var ratios: [(StudentMeasurements.Column, Ratio)] {
        let rouge = Rouge.score(reference: teacherText, candidate: answer)
        let teacherTokens = Double(teacherLogProbabilities.count)
        let likelihood = samples.map(\.logProbabilityPerToken)
        let quality = samples.map { RougeL.score(reference: teacherText, candidate: $0.text).f }
        return [
            (.rouge1, Ratio(rouge.rouge1.f)), (.rouge2, Ratio(rouge.rouge2.f)), (.rougeL, Ratio(rouge.rougeL.f)),
            (.rougeLsum, Ratio(rouge.rougeLsum.f)),
            (.negativeLogLikelihood, Ratio(-teacherLogProbabilities.reduce(0) { $0 + Double($1) }, of: teacherTokens)),
            (.rankAccuracy, RankAccuracy.ratio(of: pairs)),
            (.factsKept, Ratio(Double(Facts.kept(facts, in: answer)), of: Double(facts.count))),
            (.answerTokens, Ratio(Double(answerTokens))),
            (.lengthRatio, Ratio(Double(answerTokens), of: teacherTokens)),
            (.kendall, RankCorrelation.kendall(likelihood, quality).map { Ratio($0) } ?? Ratio(0, of: 0)),
            (.spearman, RankCorrelation.spearman(likelihood, quality).map { Ratio($0) } ?? Ratio(0, of: 0)),
        ]
    }
}
