package import PladRecords

/// One student's measures, prompt by prompt, before they are averaged.
package struct StudentMeasurements: Sendable {
    package let name: String
    package let prompts: [HeldOutMeasurement]
    package let rougeL: [Ratio]
    /// Nats of teacher tokens.
    package let negativeLogLikelihood: [Ratio]
    package let rankAccuracy: [Ratio]
    package let factsKept: [Ratio]
    package let answerTokens: [Ratio]

    /// Throws `EvaluationError.notFinite` that names student and prompt where a log-probability or score is no number.
    package init(name: String, prompts: [HeldOutMeasurement]) throws {
        for prompt in prompts {
            let scores = prompt.pairs.flatMap { [$0.chosen, $0.rejected] }
            guard prompt.teacherLogProbabilities.allSatisfy(\.isFinite), scores.allSatisfy(\.isFinite) else {
                throw EvaluationError(
                    .notFinite,
                    "the student \"\(name)\" gives the teacher's answer to prompt \"\(prompt.id)\" a log-probability that is not a "
                        + "number; its weights are damaged or training diverged: train again with a lower --learning-rate")
            }
        }
        self.name = name
        self.prompts = prompts
        rougeL = prompts.map { Ratio(RougeL.score(reference: $0.teacherText, candidate: $0.answer).f) }
        negativeLogLikelihood = prompts.map { prompt in
            Ratio(
                -prompt.teacherLogProbabilities.reduce(0) { $0 + Double($1) }, of: Double(prompt.teacherLogProbabilities.count))
        }
        rankAccuracy = prompts.map { RankAccuracy.ratio(of: $0.pairs) }
        factsKept = prompts.map { Ratio(Double(Facts.kept($0.facts, in: $0.answer)), of: Double($0.facts.count)) }
        answerTokens = prompts.map { Ratio(Double($0.answerTokens)) }
    }

    private var namesFacts: Bool { factsKept.contains { $0.denominator > 0 } }

    /// Each measure's mean over the prompts with its interval.
    package func evaluation(_ bootstrap: Bootstrap) -> StudentEvaluation {
        StudentEvaluation(
            name: name,
            rougeL: bootstrap.estimate(of: rougeL),
            teacherNegativeLogLikelihood: bootstrap.estimate(of: negativeLogLikelihood),
            rankAccuracy: bootstrap.estimate(of: rankAccuracy),
            factsKept: namesFacts ? bootstrap.estimate(of: factsKept) : nil,
            answerTokens: bootstrap.estimate(of: answerTokens))
    }

    /// This student minus `baseline`, paired by prompt. Throws `EvaluationError.unpaired` where the prompts differ.
    package func difference(from baseline: StudentMeasurements, _ bootstrap: Bootstrap) throws -> StudentDifference {
        guard prompts.map(\.id) == baseline.prompts.map(\.id) else {
            throw EvaluationError(
                .unpaired,
                "the students \"\(name)\" (\(prompts.count) prompts) and \"\(baseline.name)\" (\(baseline.prompts.count) prompts) "
                    + "were not measured on the same prompts in the same order, so they cannot be compared pair by pair")
        }
        return StudentDifference(
            student: name, baseline: baseline.name,
            rougeL: bootstrap.difference(of: rougeL, from: baseline.rougeL),
            teacherNegativeLogLikelihood: bootstrap.difference(of: negativeLogLikelihood, from: baseline.negativeLogLikelihood),
            rankAccuracy: bootstrap.difference(of: rankAccuracy, from: baseline.rankAccuracy),
            factsKept: namesFacts ? bootstrap.difference(of: factsKept, from: baseline.factsKept) : nil,
            answerTokens: bootstrap.difference(of: answerTokens, from: baseline.answerTokens))
    }
}
