package import PladRecords

/// One student's measures, prompt by prompt, before they are averaged.
package struct StudentMeasurements: Sendable {
    /// The measures of every prompt.
    enum Column: CaseIterable, Sendable {
        case rouge1, rouge2, rougeL, rougeLsum
        /// Negative log-likelihood of the teacher's tokens, nats.
        case negativeLogLikelihood
        case rankAccuracy, factsKept, exact, answerTokens
        /// Number of tokens in the completion over that in the teacher's text.
        case lengthRatio
        /// Rank correlations between log-probability per token and similarity to the teacher's text.
        case kendall, spearman
        /// Rank correlation between summed log-probability and similarity.
        case kendallOfSum
        /// Rank correlation between log-probability per token and the share of facts kept.
        case kendallOfFacts
        /// Quality of the greedy completion, the samples, the most likely and the best sample; 1 if a sample is right; of beam searches.
        case quality, sampleQuality, likeliestBySum, likeliestByMean, bestQuality, passAtN, beam4, beam8
    }

    package let name: String
    package let prompts: [HeldOutMeasurement]
    /// Similarity metric, by the script of the teacher's texts.
    package let likeness: SimilarityMetric
    /// chrF of the greedy completions.
    let chrF: [ChrF]
    private let columns: [Column: [Ratio]]

    /// Computes the measures. Throws `EvaluationError.notFinite` like `HeldOutMeasurement.check`.
    package init(name: String, prompts: [HeldOutMeasurement]) throws {
        for prompt in prompts { try prompt.check(of: name) }
        self.name = name
        self.prompts = prompts
        let likeness = SimilarityMetric(toTexts: prompts.map(\.teacherText))
        self.likeness = likeness
        chrF = prompts.map { ChrF(reference: $0.teacherText, candidate: $0.answer) }
        var columns = Dictionary(uniqueKeysWithValues: Column.allCases.map { ($0, [Ratio]()) })
        for prompt in prompts {
            for (column, ratio) in prompt.ratios(likeness) { columns[column]!.append(ratio) }
        }
        self.columns = columns
    }

    /// Measures the teacher like a student, on the prompts of one: its completions are its own texts.
    package init(teacherOf student: StudentMeasurements) throws {
        try self.init(
            name: "teacher",
            prompts: student.prompts.map { prompt in
                HeldOutMeasurement(
                    id: prompt.id, prompt: prompt.prompt, teacherText: prompt.teacherText, teacherLogProbabilities: [],
                    answer: prompt.teacherText, answerTokens: prompt.teacherLogProbabilities.count, facts: prompt.facts)
            })
    }

    /// Throws `EvaluationError.unpaired` if two students were not measured on the same prompts in the same order.
    func checkPaired(with other: StudentMeasurements) throws {
        guard prompts.map(\.id) != other.prompts.map(\.id) else { return }
        throw EvaluationError(
            .unpaired,
            "the students \"\(name)\" (\(prompts.count) prompts) and \"\(other.name)\" (\(other.prompts.count) prompts) "
                + "were not measured on the same prompts in the same order, so they cannot be compared pair by pair")
    }

    /// A measure, prompt by prompt.
    subscript(column: Column) -> [Ratio] { columns[column]! }

    /// Similarity of each greedy completion to the teacher's text.
    var qualities: [Double] { likeness == .chrF ? chrF.map(\.score) : self[.rougeL].map(\.numerator) }

    /// True if any prompt has something to measure.
    func isMeasured(_ column: Column) -> Bool {
        self[column].contains { $0.denominator > 0 }
    }
}

extension HeldOutMeasurement {
    /// Similarity of each sample to the teacher's text.
    func qualities(_ likeness: SimilarityMetric) -> [Double] { samples.map { likeness.score(reference: teacherText, candidate: $0.text) } }

    /// Throws `EvaluationError.notFinite` with the student and the prompt if a log-probability or score is not finite.
    package func check(of student: String) throws {
        guard !isFinite else { return }
        throw EvaluationError(
            .notFinite,
            "the student \"\(student)\" gives a text for prompt \"\(id)\" a log-probability that is not a number; its weights "
                + "are damaged or training diverged: train again with a lower `learning_rate`")
    }

    private var isFinite: Bool {
        teacherLogProbabilities.allSatisfy(\.isFinite) && pairs.allSatisfy { $0.chosen.isFinite && $0.rejected.isFinite }
            && samples.allSatisfy(\.logProbability.isFinite)
    }

    fileprivate func ratios(_ likeness: SimilarityMetric) -> [(StudentMeasurements.Column, Ratio)] {
        let rouge = Rouge.score(reference: teacherText, candidate: answer)
        let teacherTokens = Double(teacherLogProbabilities.count)
        let (likelihood, quality) = (samples.map(\.logProbabilityPerToken), qualities(likeness))
        let kept = samples.map { Double(Facts.kept(facts, in: $0.text)) }
        func correlation(_ value: Double?) -> Ratio { value.map { Ratio($0) } ?? Ratio(0, of: 0) }
        return [
            (.rouge1, Ratio(rouge.rouge1.f)), (.rouge2, Ratio(rouge.rouge2.f)), (.rougeL, Ratio(rouge.rougeL.f)),
            (.rougeLsum, Ratio(rouge.rougeLsum.f)),
            (.negativeLogLikelihood, Ratio(-teacherLogProbabilities.reduce(0) { $0 + Double($1) }, of: teacherTokens)),
            (.rankAccuracy, RankAccuracy.ratio(of: pairs)),
            (.factsKept, Ratio(Double(Facts.kept(facts, in: answer)), of: Double(facts.count))),
            (.exact, Ratio(isExact ? 1 : 0)),
            (.answerTokens, Ratio(Double(answerTokens))),
            (.lengthRatio, Ratio(Double(answerTokens), of: teacherTokens)),
            (.kendall, correlation(RankCorrelation.kendall(likelihood, quality))),
            (.spearman, correlation(RankCorrelation.spearman(likelihood, quality))),
            (.kendallOfSum, correlation(RankCorrelation.kendall(samples.map(\.logProbability), quality))),
            (.kendallOfFacts, correlation(RankCorrelation.kendall(likelihood, kept))),
        ] + qualityRatios
    }

    /// True if the greedy completion equals the teacher's text, surrounding white space aside.
    private var isExact: Bool { answer.trimmed == teacherText.trimmed }
}

extension String {
    fileprivate var trimmed: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return self[first...last]
    }
}
