/// A mean with its 95 % bootstrap interval.
public struct Estimate: Codable, Sendable, Hashable {
    public var mean: Double
    public var low: Double
    public var high: Double
    /// Number of values that were averaged; 0 if there was nothing to measure, and then the other fields are 0 too.
    public var count: Int

    package init(mean: Double, low: Double, high: Double, count: Int) {
        self.mean = mean
        self.low = low
        self.high = high
        self.count = count
    }
}

/// The measures of one student on the held-out prompts.
public struct StudentEvaluation: Codable, Sendable, Hashable {
    /// Name of the student: `initial`, `warm-up` or `ranked`.
    public var name: String
    /// ROUGE-L F of the greedy completion against the teacher's text.
    public var rougeL: Estimate
    /// chrF of all greedy completions against the teacher's texts, as a corpus; nil in older records.
    public var chrF: Estimate?
    /// Negative log-likelihood of the teacher's text, nats per token (the end-of-sequence token included).
    public var teacherNegativeLogLikelihood: Estimate
    /// Share of held-out pairs (teacher's text, warmed-up student's sample) whose teacher side has the higher score.
    public var rankAccuracy: Estimate
    /// Share of the prompts' facts that the greedy completion repeats exactly; nil if no prompt names facts.
    public var factsKept: Estimate?
    /// Share of greedy completions equal to the teacher's text, surrounding white space aside; nil if no student has any, and in older
    /// records.
    public var exact: Estimate?
    /// Number of tokens in the greedy completion.
    public var answerTokens: Estimate
    /// Further measures.
    public var more: FurtherMeasures?
    /// Calibration of the student's confidence in its order of pairs: how often it is right at each level.
    public var reliability: [ReliabilityBin]?
    /// Relation between the likelihood of samples and their similarity to the teacher's text; nil without samples.
    public var likelihoodQuality: LikelihoodQuality?
    /// Distribution over the prompts.
    public var rougeLSpread: Spread?
    public var chrFSpread: Spread?
    public var answerTokensSpread: Spread?
    /// Measures by the run's quality; nil in older records.
    public var quality: QualityMeasures?

    package init(
        name: String, rougeL: Estimate, chrF: Estimate? = nil, teacherNegativeLogLikelihood: Estimate, rankAccuracy: Estimate,
        factsKept: Estimate?, answerTokens: Estimate, more: FurtherMeasures? = nil, reliability: [ReliabilityBin]? = nil,
        likelihoodQuality: LikelihoodQuality? = nil, rougeLSpread: Spread? = nil, chrFSpread: Spread? = nil,
        answerTokensSpread: Spread? = nil
    ) {
        self.name = name
        self.rougeL = rougeL
        self.chrF = chrF
        self.teacherNegativeLogLikelihood = teacherNegativeLogLikelihood
        self.rankAccuracy = rankAccuracy
        self.factsKept = factsKept
        self.answerTokens = answerTokens
        self.more = more
        self.reliability = reliability
        self.likelihoodQuality = likelihoodQuality
        self.rougeLSpread = rougeLSpread
        self.chrFSpread = chrFSpread
        self.answerTokensSpread = answerTokensSpread
    }
}

/// The measures beside those of the closing table, of one student or of the difference between two.
public struct FurtherMeasures: Codable, Sendable, Hashable {
    /// ROUGE F of the greedy completion against the teacher's text: words, pairs of words, subsequences line by line.
    public var rouge1: Estimate
    public var rouge2: Estimate
    public var rougeLsum: Estimate
    /// Number of tokens in the greedy completions over that in the teacher's texts.
    public var lengthRatio: Estimate
    /// Kendall's τ-b and Spearman's ρ, within each prompt, between log-probability per token and similarity to the teacher's text over
    /// several samples; nil if no prompt has samples that can be ordered.
    public var kendall: Estimate?
    public var spearman: Estimate?
    /// Kendall's τ-b between summed log-probability and similarity.
    public var kendallOfSum: Estimate?
    /// Kendall's τ-b between log-probability per token and the share of facts kept; nil if no prompt names facts.
    public var kendallOfFacts: Estimate?
    /// Expected calibration error of the probability that the chosen side of a pair is the better one.
    public var calibrationError: Estimate?

    package init(
        rouge1: Estimate, rouge2: Estimate, rougeLsum: Estimate, lengthRatio: Estimate, kendall: Estimate? = nil,
        spearman: Estimate? = nil, kendallOfSum: Estimate? = nil, kendallOfFacts: Estimate? = nil, calibrationError: Estimate? = nil
    ) {
        self.rouge1 = rouge1
        self.rouge2 = rouge2
        self.rougeLsum = rougeLsum
        self.lengthRatio = lengthRatio
        self.kendall = kendall
        self.spearman = spearman
        self.kendallOfSum = kendallOfSum
        self.kendallOfFacts = kendallOfFacts
        self.calibrationError = calibrationError
    }
}

/// The held-out pairs about whose order a student is similarly confident.
public struct ReliabilityBin: Codable, Sendable, Hashable {
    /// Mean probability that the student gives to its order, from 0.5 to 1.
    public var confidence: Double
    /// Share of the pairs that it orders correctly.
    public var accuracy: Double
    public var count: Int

    package init(confidence: Double, accuracy: Double, count: Int) {
        self.confidence = confidence
        self.accuracy = accuracy
        self.count = count
    }
}

/// The distribution of a measure: the 10th, 25th, 50th, 75th and 90th percentile.
public struct Spread: Codable, Sendable, Hashable {
    public var p10: Double
    public var p25: Double
    public var p50: Double
    public var p75: Double
    public var p90: Double

    package init(p10: Double, p25: Double, p50: Double, p75: Double, p90: Double) {
        self.p10 = p10
        self.p25 = p25
        self.p50 = p50
        self.p75 = p75
        self.p90 = p90
    }
}

/// The difference between two students on the same held-out prompts: each field is `student` minus `baseline`.
///
/// The intervals are paired: every resample draws the same prompts for both students, so that a prompt's difficulty cancels. An
/// interval without 0 is a significant difference.
public struct StudentDifference: Codable, Sendable, Hashable {
    public var student: String
    public var baseline: String
    public var rougeL: Estimate
    public var chrF: Estimate?
    public var teacherNegativeLogLikelihood: Estimate
    public var rankAccuracy: Estimate
    public var factsKept: Estimate?
    public var exact: Estimate?
    public var answerTokens: Estimate
    public var more: FurtherMeasures?
    /// Share of prompts on which `student` is closer to the teacher's text by `Evaluation.likeness`, ties counting half: 0.5 is no
    /// difference.
    public var winRate: Estimate?
    /// Differences by the run's quality; nil in older records.
    public var quality: QualityMeasures?

    package init(
        student: String, baseline: String, rougeL: Estimate, chrF: Estimate? = nil, teacherNegativeLogLikelihood: Estimate,
        rankAccuracy: Estimate,
        factsKept: Estimate?, answerTokens: Estimate, more: FurtherMeasures? = nil, winRate: Estimate? = nil
    ) {
        self.student = student
        self.baseline = baseline
        self.rougeL = rougeL
        self.chrF = chrF
        self.teacherNegativeLogLikelihood = teacherNegativeLogLikelihood
        self.rankAccuracy = rankAccuracy
        self.factsKept = factsKept
        self.answerTokens = answerTokens
        self.more = more
        self.winRate = winRate
    }
}

/// One held-out prompt with the texts of the teacher and the students.
public struct SideBySide: Codable, Sendable, Hashable {
    public var id: String
    public var prompt: String
    public var teacher: String
    /// Greedy completions, in the order of `Evaluation.students`.
    public var students: [String]
    /// ROUGE-L F of each completion, if measured.
    public var rougeL: [Double]?
    /// chrF of each completion.
    public var chrF: [Double]?
    /// Facts that a good completion repeats exactly, if the prompt has any.
    public var facts: [String]?
    /// Number of facts that each completion keeps.
    public var factsKept: [Int]?

    package init(
        id: String, prompt: String, teacher: String, students: [String], rougeL: [Double]? = nil, chrF: [Double]? = nil,
        facts: [String]? = nil, factsKept: [Int]? = nil
    ) {
        self.id = id
        self.prompt = prompt
        self.teacher = teacher
        self.students = students
        self.rougeL = rougeL
        self.chrF = chrF
        self.facts = facts
        self.factsKept = factsKept
    }
}

/// The choice of the student to keep among a run's, `choice.json`.
///
/// Each student in turn is compared with the best so far. It replaces that one unless it is worse (`Comparison.isNoWorse`).
public struct StudentChoice: Codable, Sendable, Hashable {
    /// A later student compared with the best one before it.
    public struct Comparison: Codable, Sendable, Hashable {
        public var student: String
        public var baseline: String
        /// Number of prompts on which the student's greedy completion is better, worse, and equally good.
        public var won: Int
        public var lost: Int
        public var tied: Int
        /// Mean quality of the greedy completions of the student and of the baseline; nil where no quality is known, and in older records.
        public var quality: Double?
        public var baselineQuality: Double?

        package init(
            student: String, baseline: String, won: Int, lost: Int, tied: Int, quality: Double? = nil, baselineQuality: Double? = nil
        ) {
            (self.student, self.baseline, self.won, self.lost, self.tied) = (student, baseline, won, lost, tied)
            (self.quality, self.baselineQuality) = (quality, baselineQuality)
        }

        private enum CodingKeys: String, CodingKey {
            case student, baseline, won, lost, tied, quality
            case baselineQuality = "baseline_quality"
        }
    }

    /// Name of the student: `initial`, `warm-up`, `ranked`, or `round-1`, … for that of an earlier round.
    public var student: String
    /// Reason for the choice, in a sentence.
    public var reason: String
    /// Split whose prompts decided; nil if nothing was compared.
    public var split: String?
    /// Number of prompts that decided.
    public var prompts: Int
    public var comparisons: [Comparison]

    package init(student: String, reason: String, split: String? = nil, prompts: Int = 0, comparisons: [Comparison] = []) {
        self.student = student
        self.reason = reason
        self.split = split
        self.prompts = prompts
        self.comparisons = comparisons
    }
}

extension StudentChoice.Comparison {
    /// True if quality does not decide: it is unknown, or equal but for rounding.
    package var isEven: Bool {
        guard let quality, let baselineQuality else { return true }
        return abs(quality - baselineQuality) < 1e-9
    }

    /// True unless the student is worse: by mean quality, and where that does not decide, by the prompts won and lost.
    package var isNoWorse: Bool { isEven ? won >= lost : quality! > baselineQuality! }
}

/// The held-out comparison of a run's students, `evaluation.json`.
public struct Evaluation: Codable, Sendable, Hashable {
    /// Students in the order of their training: initial, warm-up, ranked.
    public var students: [StudentEvaluation]
    /// Differences of each student but the first from the one before it, then of the last from the first.
    public var differences: [StudentDifference]
    /// The first twenty held-out prompts.
    public var examples: [SideBySide]
    /// Distribution of the number of tokens in the teacher's texts, over the prompts.
    public var teacherTokensSpread: Spread?
    /// Share of the letters of the teacher's texts that ROUGE can read; nil in older records.
    public var rougeReads: Double?
    /// Reason for the last student's rollback after its ranking collapsed; nil without one.
    public var rollback: String?
    /// Judges' verdicts on the students' completions, if a judge was asked.
    public var judgements: [Judgement]?
    /// Choice of the student that `student/` holds; nil in older records.
    public var choice: StudentChoice?

    package init(
        students: [StudentEvaluation], differences: [StudentDifference] = [], examples: [SideBySide], teacherTokensSpread: Spread? = nil,
        rougeReads: Double? = nil, rollback: String? = nil, judgements: [Judgement]? = nil
    ) {
        self.students = students
        self.differences = differences
        self.examples = examples
        self.teacherTokensSpread = teacherTokensSpread
        self.rougeReads = rougeReads
        self.rollback = rollback
        self.judgements = judgements
    }

    /// Similarity metric of this evaluation.
    package var likeness: SimilarityMetric { SimilarityMetric(rougeReads: rougeReads) }
}
