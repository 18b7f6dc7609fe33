public import PladEvaluation
import PladStudent
public import PladTraining

/// Settings of the pairs: what is ranked above what, whose samples are rejected, and which pairs are worth ranking.
public struct PairingSettings: Codable, Sendable, Equatable {
    /// The texts that are ranked, and above what.
    public var rank = RankedTexts.teacher
    /// Which of a prompt's samples are paired with each other, where samples are ranked among themselves.
    public var samplePairs = SamplePairing.bestWorst
    /// By how much the chosen side's quality must exceed the rejected one's, 0 to 1; sides of equal quality are never ranked by quality.
    public var minGap = 0.0
    /// The text that is kept likely beside a ranking of samples.
    public var keepLikely = KeptText.teacher
    /// Which of a prompt's samples are rejected.
    public var negatives = Negatives.all
    /// Whose samples are rejected.
    public var negativesFrom = NegativeSource.warmUp
    /// The share of a prompt's samples that the untouched student draws, 0 to 1, in each round; the last holds for the rounds that
    /// follow. Empty: all or none, as `negativesFrom` says.
    public var initialShares: [Double] = []
    /// Samples whose likeness to the chosen text is below this are left out, 0 to 1: ROUGE-L, or chrF where ROUGE cannot read the
    /// script.
    public var minSimilarity = 0.0
    /// Samples whose likeness to the chosen text is above this are left out, 0 to 1.
    public var maxSimilarity = 1.0
    /// Pairs whose longer side has more than this many times the tokens of the shorter are left out; nil leaves none out.
    public var maxLengthRatio: Double?
    /// Leaves pairs out unless this puts the chosen side above the rejected one.
    public var prefer: Preference?
    /// With fewer pairs to rank nothing is ranked: the student stays as it is. At least 1.
    public var minPairs = 8

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case rank, negatives, prefer
        case samplePairs = "sample_pairs"
        case minGap = "min_gap"
        case keepLikely = "keep_likely"
        case minPairs = "min_pairs"
        case negativesFrom = "negatives_from"
        case initialShares = "initial_shares"
        case minSimilarity = "min_similarity"
        case maxSimilarity = "max_similarity"
        case maxLengthRatio = "max_length_ratio"
    }
}

/// The texts that a ranking puts above others.
public enum RankedTexts: String, Codable, Sendable, CaseIterable {
    /// The teacher's text above the student's samples (PLaD, arXiv 2406.02886).
    case teacher
    /// Samples of the student above its worse ones, by quality (SLiC, arXiv 2210.00045; RSO, arXiv 2309.06657).
    case samples
    case both
}

/// Which of a prompt's samples are paired with each other.
public enum SamplePairing: String, Codable, Sendable, CaseIterable {
    /// The best with the worst.
    case bestWorst = "best-worst"
    /// The best with every other: what losses of lists read as one list.
    case bestOthers = "best-others"
    /// Each with every worse one.
    case all
}

/// The text that is kept likely while samples are ranked.
public enum KeptText: String, Codable, Sendable, CaseIterable {
    /// The teacher's, of the prompts that it answered.
    case teacher
    /// The better sample.
    case chosen
    case both
}

/// Settings of quality: how good a completion is, for ranking samples and for measuring students.
public struct QualitySettings: Codable, Sendable, Equatable {
    /// Nil takes what the task knows: answers, a schema, facts, else likeness to the teacher's text.
    public var by: QualityKind?
    /// The program that says how good completions are, where quality is a `command`.
    public var command: String?
    /// Seconds that it may take for one completion.
    public var timeout = 60.0
    /// Which of the teacher's completions are trained on.
    public var keepAnswers = KeptAnswers.all

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case by, command, timeout
        case keepAnswers = "keep_answers"
    }
}

/// Which of the teacher's completions of a prompt are trained on.
public enum KeptAnswers: String, Codable, Sendable, CaseIterable {
    case all
    /// The best one by quality.
    case best
    /// Those that are right in full by quality.
    case correct
}

/// A judgement that a pair must agree with to be ranked.
public enum Preference: String, Codable, Sendable, CaseIterable {
    /// The share of the prompt's facts that a side keeps.
    case metric
}

/// Settings of the ranking: the loss with its numbers, and how often the pairs are gone through.
///
/// A number that is nil takes the loss's own default; a number that the loss does not take is refused.
public struct RankingSettings: Codable, Sendable, Equatable {
    /// The loss's name, one of `Losses.all`.
    public var loss = "rank"
    /// By how many nats the chosen score should exceed the rejected one; PLaD's β.
    public var margin: Double?
    /// Weight of the chosen completion's negative log-likelihood beside the ranking.
    public var lambda: Double?
    /// Inverse temperature of logistic, dpo, ipo, cpo and simpo.
    public var beta: Double?
    /// Steepness of hinge-norm, or the margin of simpo.
    public var gamma: Double?
    /// Weight of cpo's likelihood term, or of orpo's odds.
    public var alpha: Double?
    /// Nats of margin for a difference of 1 in quality, of the margin loss.
    public var scale: Double?
    /// The way from token log-probabilities to a score; nil takes the loss's own.
    public var norm: Norm?
    /// Passes over the pairs.
    public var epochs = 1.0
    /// Rounds of sampling, pairing and ranking.
    public var rounds = 1
    /// The action when the ranking collapses.
    public var onCollapse = CollapseAction.rollback

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case loss, margin, lambda, beta, gamma, alpha, scale, norm, epochs, rounds
        case onCollapse = "on_collapse"
    }
}

/// Settings of AdamW, for warm-up and ranking alike.
public struct OptimiserSettings: Codable, Sendable, Equatable {
    /// The ranking's learning rate; nil takes 1e-5 at 100 million parameters, growing with the root of the shrinking size.
    public var learningRate: Double?
    /// Completions or pairs per optimiser step; nil takes 32, or fewer where the warm-up would have less than 24 steps: at least 4.
    public var batchSize: Int?
    /// The learning rate over the ranking's steps.
    public var schedule = Schedule.Shape.constant
    /// Share of the steps over which the learning rate first rises.
    public var learningRateWarmUp = 0.0
    public var weightDecay = 0.0
    /// The gradient's L2 norm is cut to this; 0 leaves it.
    public var clip = 1.0
    /// The most token rows computed at once; bounds memory, not the batch.
    public var rowsPerPass = 2048

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case schedule, clip
        case learningRate = "learning_rate"
        case batchSize = "batch_size"
        case learningRateWarmUp = "learning_rate_warm_up"
        case weightDecay = "weight_decay"
        case rowsPerPass = "rows_per_pass"
    }
}

/// Settings of a low-rank adapter, which is trained in place of the student's own weights.
public struct AdapterSettings: Codable, Sendable, Equatable {
    /// The adapter's rank; nil trains all weights.
    public var rank: Int?
    /// The adapter's change is multiplied by this over its rank; nil takes twice the rank.
    public var alpha: Double?
    /// Names of the layers that change, such as `q_proj`; `all-linear` is every linear layer but the head.
    public var targets = [LoRA.allLinear]

    public init() {}
}
