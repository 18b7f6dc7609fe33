/// A mean with its 95 % bootstrap interval.
public struct Estimate: Codable, Sendable, Hashable {
    public var mean: Double
    public var low: Double
    public var high: Double
    /// How many values the mean is of; 0 says that there was nothing to measure, and the other fields are 0.
    public var count: Int

    package init(mean: Double, low: Double, high: Double, count: Int) {
        self.mean = mean
        self.low = low
        self.high = high
        self.count = count
    }
}

/// What one student does on the held-out prompts.
public struct StudentEvaluation: Codable, Sendable, Hashable {
    /// `initial`, `warm-up` or `ranked`.
    public var name: String
    /// ROUGE-L F of the greedy answer against the teacher's text.
    public var rougeL: Estimate
    /// chrF of all greedy answers against the teacher's texts, as a corpus; nil in older records.
    public var chrF: Estimate?
    /// Negative log-likelihood of the teacher's text, nats per token (the end-of-sequence token included).
    public var teacherNegativeLogLikelihood: Estimate
    /// Share of held-out pairs (teacher's text, warmed-up student's sample) whose teacher side has the higher score.
    public var rankAccuracy: Estimate
    /// Share of the prompts' facts found to the letter in the greedy answer; nil where no prompt names facts.
    public var factsKept: Estimate?
    /// Share of the greedy answers that are the teacher's text to the letter, white space around it aside; nil where none of any
    /// student is, and in older records.
    public var exact: Estimate?
    /// Tokens of the greedy answer.
    public var answerTokens: Estimate
    /// What else was measured.
    public var more: FurtherMeasures?
    /// How well the student's confidence in its order of pairs fits how often it is right.
    public var reliability: [ReliabilityBin]?
    /// How the likelihood of samples goes with their likeness to the teacher's text; nil without samples.
    public var likelihoodQuality: LikelihoodQuality?
    /// Over the prompts.
    public var rougeLSpread: Spread?
    public var chrFSpread: Spread?
    public var answerTokensSpread: Spread?
    /// By the run's quality; nil in older records.
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

/// Measures beside the closing table's: of a student, or of the difference between two.
public struct FurtherMeasures: Codable, Sendable, Hashable {
    /// ROUGE F of the greedy answer against the teacher's text: words, pairs of words, subsequences line by line.
    public var rouge1: Estimate
    public var rouge2: Estimate
    public var rougeLsum: Estimate
    /// Tokens of the greedy answers over tokens of the teacher's texts.
    public var lengthRatio: Estimate
    /// Kendall's τ-b and Spearman's ρ, within each prompt, of log-probability per token with likeness to the teacher's
    /// text over several samples; nil where no prompt has samples that can be ordered.
    public var kendall: Estimate?
    public var spearman: Estimate?
    /// Kendall's τ-b of the summed log-probability with likeness.
    public var kendallOfSum: Estimate?
    /// Kendall's τ-b of log-probability per token with the share of facts kept; nil where no prompt names facts.
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

/// Held-out pairs about whose order a student is about equally sure.
public struct ReliabilityBin: Codable, Sendable, Hashable {
    /// Mean probability that the student gives to the order it takes, from 0.5 to 1.
    public var confidence: Double
    /// Share of the pairs whose order it has right.
    public var accuracy: Double
    public var count: Int

    package init(confidence: Double, accuracy: Double, count: Int) {
        self.confidence = confidence
        self.accuracy = accuracy
        self.count = count
    }
}

/// Where the values of a measure lie: the 10th, 25th, 50th, 75th and 90th percentile.
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

/// How much one student differs from another on the same held-out prompts: each field is `student` minus `baseline`.
///
/// The intervals are paired: every resample draws the same prompts for both students, so what makes a prompt hard
/// for both cancels. An interval without 0 is a difference that the held-out prompts show.
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
    /// Share of prompts on which `student` is closer to the teacher's text by `Evaluation.likeness`, a tie counting half: 0.5 is no difference.
    public var winRate: Estimate?
    /// By the run's quality; nil in older records.
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

/// One held-out prompt with what teacher and students answered.
public struct SideBySide: Codable, Sendable, Hashable {
    public var id: String
    public var prompt: String
    public var teacher: String
    /// Greedy answers, in the order of `Evaluation.students`.
    public var students: [String]
    /// ROUGE-L F of each of those answers, where it was measured.
    public var rougeL: [Double]?
    /// chrF of each of them.
    public var chrF: [Double]?
    /// What a good answer keeps to the letter, where the prompt says so.
    public var facts: [String]?
    /// How many of them each of those answers keeps.
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

/// `choice.json`: which of a run's students is the one to keep.
///
/// Each student in turn is held against the best so far, prompt by prompt: facts kept, then likeness to the teacher's text. It
/// takes that one's place unless it loses more prompts than it wins.
public struct StudentChoice: Codable, Sendable, Hashable {
    /// A later student against the best of those before it.
    public struct Comparison: Codable, Sendable, Hashable {
        public var student: String
        public var baseline: String
        /// Prompts on which the student's greedy answer is better, worse, and as good.
        public var won: Int
        public var lost: Int
        public var tied: Int
    }

    /// `initial`, `warm-up`, `ranked`, or `round-1`, … for the student of an earlier round.
    public var student: String
    /// Why, in a sentence.
    public var reason: String
    /// The split whose prompts decided; nil where nothing was compared.
    public var split: String?
    /// How many prompts decided.
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
    package init(_ student: String, over baseline: String, won: Int, lost: Int, tied: Int) {
        (self.student, self.baseline, self.won, self.lost, self.tied) = (student, baseline, won, lost, tied)
    }
}

/// `evaluation.json`: the held-out comparison of the student's stages.
public struct Evaluation: Codable, Sendable, Hashable {
    /// In the order they came to be: initial, warm-up, ranked.
    public var students: [StudentEvaluation]
    /// Each student but the first against the one before it, then the last against the first.
    public var differences: [StudentDifference]
    /// The first twenty held-out prompts.
    public var examples: [SideBySide]
    /// Tokens of the teacher's texts, over the prompts.
    public var teacherTokensSpread: Spread?
    /// Which share of the letters of the teacher's texts ROUGE reads; nil in older records.
    public var rougeReads: Double?
    /// What the last student is where its ranking collapsed and was rolled back, and why.
    public var rollback: String?
    /// What a judge says of the students' answers, where one was asked.
    public var judgements: [Judgement]?
    /// Which of the students the run's `student/` is, and why; nil in older records.
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

    /// What quality is in this evaluation.
    package var likeness: SimilarityMetric { SimilarityMetric(rougeReads: rougeReads) }
}
