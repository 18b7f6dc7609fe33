package import PladRecords

extension StudentMeasurements {
    /// Each measure's mean over the prompts with its interval.
    package func evaluation(_ bootstrap: Bootstrap) -> StudentEvaluation {
        func estimate(_ column: Column) -> Estimate { bootstrap.estimate(of: self[column]) }
        func measured(_ column: Column) -> Estimate? { isMeasured(column) ? estimate(column) : nil }
        let reliability = Calibration.reliability(of: prompts.flatMap(\.pairs))
        var evaluation = StudentEvaluation(
            name: name,
            rougeL: estimate(.rougeL),
            chrF: chrF(bootstrap),
            teacherNegativeLogLikelihood: estimate(.negativeLogLikelihood),
            rankAccuracy: estimate(.rankAccuracy),
            factsKept: measured(.factsKept),
            answerTokens: estimate(.answerTokens),
            more: FurtherMeasures(
                rouge1: estimate(.rouge1), rouge2: estimate(.rouge2), rougeLsum: estimate(.rougeLsum), lengthRatio: estimate(.lengthRatio),
                kendall: measured(.kendall), spearman: measured(.spearman),
                kendallOfSum: measured(.kendallOfSum), kendallOfFacts: measured(.kendallOfFacts),
                calibrationError: isMeasured(.rankAccuracy) ? calibrationError(bootstrap) : nil),
            reliability: reliability.isEmpty ? nil : reliability,
            likelihoodQuality: LikelihoodQuality(of: prompts, by: likeness),
            rougeLSpread: Spread(of: self[.rougeL].map(\.numerator)),
            chrFSpread: Spread(of: chrF.map(\.score)),
            answerTokensSpread: Spread(of: self[.answerTokens].map(\.numerator)))
        evaluation.exact = estimate(.exact)
        evaluation.quality = quality(bootstrap)
        return evaluation
    }

    /// The difference from `baseline`, paired by prompt. Throws `EvaluationError.unpaired` if the prompts differ.
    package func difference(from baseline: StudentMeasurements, _ bootstrap: Bootstrap) throws -> StudentDifference {
        try checkPaired(with: baseline)
        func difference(_ column: Column) -> Estimate { bootstrap.difference(of: self[column], from: baseline[column]) }
        func measured(_ column: Column) -> Estimate? {
            isMeasured(column) && baseline.isMeasured(column) ? difference(column) : nil
        }
        var result = StudentDifference(
            student: name, baseline: baseline.name,
            rougeL: difference(.rougeL),
            chrF: chrF(bootstrap, minus: baseline),
            teacherNegativeLogLikelihood: difference(.negativeLogLikelihood),
            rankAccuracy: difference(.rankAccuracy),
            factsKept: measured(.factsKept),
            answerTokens: difference(.answerTokens),
            more: FurtherMeasures(
                rouge1: difference(.rouge1), rouge2: difference(.rouge2), rougeLsum: difference(.rougeLsum),
                lengthRatio: difference(.lengthRatio), kendall: measured(.kendall), spearman: measured(.spearman),
                kendallOfSum: measured(.kendallOfSum), kendallOfFacts: measured(.kendallOfFacts),
                calibrationError: isMeasured(.rankAccuracy) ? calibrationError(bootstrap, minus: baseline) : nil),
            winRate: bootstrap.estimate(of: wins(over: baseline)))
        result.exact = difference(.exact)
        result.quality = quality(minus: baseline, bootstrap)
        return result
    }

    /// The number of prompts on which this student's greedy completion is better than another's, and on which it is worse: by quality,
    /// and at equal quality by similarity to the teacher's text. Facts kept replace the quality in records of older versions without
    /// one.
    ///
    /// Throws `EvaluationError.unpaired` if the prompts differ.
    package func wins(over baseline: StudentMeasurements) throws -> (won: Int, lost: Int) {
        try checkPaired(with: baseline)
        func facts(_ prompt: HeldOutMeasurement) -> Double { Double(Facts.kept(prompt.facts, in: prompt.answer)) }
        let pairs = prompts.indices.map { index -> (own: (Double, Double), other: (Double, Double)) in
            let (own, other) = (prompts[index], baseline.prompts[index])
            let quality = own.quality.flatMap { mine in other.quality.map { (mine, $0) } } ?? (facts(own), facts(other))
            return ((quality.0, qualities[index]), (quality.1, baseline.qualities[index]))
        }
        return (pairs.count { $0.own > $0.other }, pairs.count { $0.own < $0.other })
    }

    /// This student compared with another on the same prompts, to choose one. Throws `EvaluationError.unpaired` if the prompts differ.
    package func comparison(with baseline: StudentMeasurements) throws -> StudentChoice.Comparison {
        let (won, lost) = try wins(over: baseline)
        return StudentChoice.Comparison(
            student: name, baseline: baseline.name, won: won, lost: lost, tied: prompts.count - won - lost, quality: meanQuality,
            baselineQuality: baseline.meanQuality)
    }

    /// Mean quality of the greedy completions, over the prompts for which it is defined; nil if there are none.
    package var meanQuality: Double? {
        let known = prompts.compactMap(\.quality)
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }

    /// The prompts on which this student's completion is closer to the teacher's text; a tie is half a win.
    private func wins(over baseline: StudentMeasurements) -> [Double] {
        zip(qualities, baseline.qualities).map { own, other in own > other ? 1 : own == other ? 0.5 : 0 }
    }

    private func chrF(_ bootstrap: Bootstrap, minus baseline: StudentMeasurements? = nil) -> Estimate {
        guard let baseline else { return bootstrap.estimate(of: chrF) }
        return bootstrap.estimate(prompts: chrF.count, count: chrF.count) { times in
            ChrF(chrF, times: times).score - ChrF(baseline.chrF, times: times).score
        }
    }

    private func calibrationError(_ bootstrap: Bootstrap, minus baseline: StudentMeasurements? = nil) -> Estimate {
        let pairs = prompts.map(\.pairs)
        let others = baseline?.prompts.map(\.pairs)
        let count = pairs.reduce(0) { $0 + $1.count }
        var estimate = bootstrap.estimate(prompts: pairs.count, count: count, correctingBias: true) { times in
            guard let error = Calibration.error(of: pairs, times: times) else { return nil }
            guard let others else { return error }
            return Calibration.error(of: others, times: times).map { error - $0 }
        }
        // An error is never negative; a difference may be.
        if baseline == nil { estimate.low = max(0, estimate.low) }
        return estimate
    }
}
