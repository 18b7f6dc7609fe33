import Foundation
import PladEvaluation
import PladRecords
import PladTraining

/// The measures by which a sweep compares students.
enum SweepMeasure: String, CaseIterable {
    case rougeL, chrF, factsKept, quality, sampleQuality, likeliestBySum, likeliestByMean, beam4, beam8, bestQuality, passAtN, auroc,
        winRate, teacherNegativeLogLikelihood, rankAccuracy, rankAccuracyPerToken, kendall, calibrationError, lengthRatio

    /// Key of the measure in a line of `sweep.jsonl`.
    var key: String { SnakeCase.key(rawValue) }

    var heading: String {
        switch self {
        case .rougeL: "ROUGE-L"
        case .chrF: "chrF"
        case .factsKept: "facts kept"
        case .quality: "quality"
        case .sampleQuality: "of a sample"
        case .likeliestBySum: "likeliest"
        case .likeliestByMean: "likel. p. tok."
        case .beam4: "4 beams"
        case .beam8: "8 beams"
        case .bestQuality: "best of n"
        case .passAtN: "pass@n"
        case .auroc: "AUROC"
        case .winRate: "win rate"
        case .teacherNegativeLogLikelihood: "nats/token"
        case .rankAccuracy: "ranked right"
        case .rankAccuracyPerToken: "right per token"
        case .kendall: "Kendall"
        case .calibrationError: "calib. error"
        case .lengthRatio: "length ratio"
        }
    }

    /// Meaning in a line of a terminal of 100 columns, beside the heading.
    var meaning: String {
        switch self {
        case .rougeL: "Words in common with the teacher's text, in its order, F. Higher is better."
        case .chrF: "Runs of up to 6 characters in common with it, F. Higher is better."
        case .factsKept: "Share of the prompts' facts kept to the letter. Higher is better."
        case .quality: "Quality of the greedy completion, by `quality.by`. Higher is better."
        case .sampleQuality: "Mean quality of the student's own samples. Higher is better."
        case .likeliestBySum: "Quality of the likeliest of a prompt's samples. Higher is better."
        case .likeliestByMean: "The same, likeliest by the mean over tokens."
        case .beam4: "Quality of the best completion of beam search with 4 beams."
        case .beam8: "The same with 8."
        case .bestQuality: "Quality of the best of a prompt's samples: the headroom of ranking."
        case .passAtN: "Share of the prompts with a sample that is right in full. Higher is better."
        case .auroc: "How often a right sample is likelier than a wrong one. Higher is better."
        case .winRate: "Prompts won over the warmed-up student, ties half, by the first judge; even at 0.5."
        case .teacherNegativeLogLikelihood: "How unlikely the student finds the teacher's text. Lower is better."
        case .rankAccuracy: "How often the teacher's text is likelier than a sample, by sums. Higher is better."
        case .rankAccuracyPerToken: "The same by means over tokens."
        case .kendall: "Whether the likelier samples are those more like the teacher's. Higher is better."
        case .calibrationError: "How far confidence in the order of pairs is from its rate. Lower is better."
        case .lengthRatio: "Tokens of the completions over the teacher's."
        }
    }

    /// All measures of a run's students, by student, then by measure; missing ones are absent.
    ///
    /// Pairs are scored again from the run's measurements, by sums and by means, so that runs with different norms can be compared. The
    /// win rate is the first judge's, over the warmed-up student.
    static func values(of run: Run, _ evaluation: Evaluation) throws -> [String: [SweepMeasure: Double]] {
        var values: [String: [SweepMeasure: Double]] = [:]
        for student in evaluation.students {
            let prompts = try JSONLines.read(HeldOutMeasurement.self, from: run.folder.measurements(student.name))
            let (sums, means) = (pairs(prompts, .sum), pairs(prompts, .mean))
            let found: [SweepMeasure: Double?] = [
                .rougeL: student.rougeL.mean,
                .chrF: student.chrF?.mean,
                .factsKept: student.factsKept?.mean,
                .quality: student.quality?.greedy.mean,
                .sampleQuality: student.quality?.sample?.mean,
                .likeliestBySum: student.quality?.likeliestBySum?.mean,
                .likeliestByMean: student.quality?.likeliestByMean?.mean,
                .beam4: student.quality?.beam4?.mean,
                .beam8: student.quality?.beam8?.mean,
                .bestQuality: student.quality?.best?.mean,
                .passAtN: student.quality?.passAtN?.mean,
                .auroc: student.quality?.auroc?.mean,
                .winRate: evaluation.judgements?.first { $0.student == student.name && $0.baseline == "warm-up" }?.winRate.mean,
                .teacherNegativeLogLikelihood: student.teacherNegativeLogLikelihood.mean,
                .rankAccuracy: RankAccuracy.ratio(of: sums.joined()).share,
                .rankAccuracyPerToken: RankAccuracy.ratio(of: means.joined()).share,
                .kendall: student.more?.kendall?.mean,
                .calibrationError: Calibration.error(of: sums, times: sums.map { _ in 1 }),
                .lengthRatio: student.more?.lengthRatio.mean,
            ]
            values[student.name] = found.compactMapValues { $0 }
        }
        return values
    }

    /// The pairs of the teacher's text and each different sample, prompt by prompt.
    private static func pairs(_ prompts: [HeldOutMeasurement], _ norm: Norm) -> [[ScoredPair]] {
        prompts.map { prompt in
            let teacher = norm.score(
                logProbability: prompt.teacherLogProbabilities.reduce(0) { $0 + Double($1) }, tokens: prompt.teacherLogProbabilities.count)
            return prompt.samples.filter { $0.text != prompt.teacherText }.map {
                ScoredPair(chosen: teacher, rejected: norm.score(logProbability: $0.logProbability, tokens: $0.tokens))
            }
        }
    }
}

extension Ratio {
    /// The ratio; nil if there is nothing to measure.
    fileprivate var share: Double? { denominator > 0 ? numerator / denominator : nil }
}
