public import PladEvaluation
import PladStudent
public import PladTraining

/// Settings of the pairs: what is ranked above what, which samples are rejected, and which pairs are used.
public struct PairingSettings: Codable, Sendable, Equatable {
    /// Texts on the chosen side.
    public var rank = RankedTexts.teacher
    /// Choice of the pairs among a prompt's samples, if samples are ranked among themselves.
    public var samplePairs = SamplePairing.bestWorst
    /// Least difference in quality between the chosen and the rejected side, 0 to 1; sides of equal quality are never ranked by
    /// quality.
    public var minGap = 0.0
    /// Text that is kept likely beside a ranking of samples.
    public var keepLikely = KeptText.teacher
    /// Choice of the rejected ones among a prompt's samples.
    public var negatives = Negatives.all
    /// Student whose samples are rejected.
    public var negativesFrom = NegativeSource.warmUp
    /// The share of a prompt's samples that the untouched student draws, 0 to 1, in each round; the last holds for the rounds that
    /// follow. Empty: all or none, as `negativesFrom` says.
    public var initialShares: [Double] = []
    /// Least similarity of a rejected sample to the chosen text, 0 to 1: ROUGE-L, or chrF if ROUGE cannot read the script.
    public var minSimilarity = 0.0
    /// Largest similarity of a rejected sample to the chosen text, 0 to 1.
    public var maxSimilarity = 1.0
    /// Largest ratio of the longer side's number of tokens to the shorter's; nil for no limit.
    public var maxLengthRatio: Double?
    /// Measure that must rank the chosen side higher, else the pair is dropped; nil for none.
    public var prefer: Preference?
    /// Least number of pairs for a ranking; with fewer the student is not ranked. At least 1.
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

/// The texts on the chosen side of pairs.
public enum RankedTexts: String, Codable, Sendable, CaseIterable {
    /// The teacher's text is ranked above the student's samples (PLaD, arXiv 2406.02886).
    case teacher
    /// Better samples of the student are ranked above its worse ones, by quality (SLiC, arXiv 2210.00045; RSO, arXiv 2309.06657).
    case samples
    case both
}

/// The choice of the pairs among a prompt's samples.
public enum SamplePairing: String, Codable, Sendable, CaseIterable {
    /// The best sample with the worst.
    case bestWorst = "best-worst"
    /// The best sample with every other, which losses of lists read as one list.
    case bestOthers = "best-others"
    /// Each sample with every worse one.
    case all
}

/// The text that is kept likely while samples are ranked.
public enum KeptText: String, Codable, Sendable, CaseIterable {
    /// The teacher's text, for prompts that it completed.
    case teacher
    /// The better sample.
    case chosen
    case both
}

/// Settings of quality, the measure by which samples are ranked and students measured.
public struct QualitySettings: Codable, Sendable, Equatable {
    /// Kind of quality; nil for what the task has: answers, a schema, facts, else similarity to the teacher's text.
    public var by: QualityKind?
    /// Program that computes the quality, for the kind `command`.
    public var command: String?
    /// Largest number of seconds for one completion.
    public var timeout = 60.0
    /// Passes of a critic's training over the teacher's completions of a round.
    public var criticEpochs = 1.0
    /// Choice of the teacher's completions to train on.
    public var keepAnswers = KeptCompletions.all

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case by, command, timeout
        case criticEpochs = "critic_epochs"
        case keepAnswers = "keep_answers"
    }
}

/// The choice of the teacher's completions of a prompt to train on.
public enum KeptCompletions: String, Codable, Sendable, CaseIterable {
    case all
    /// The best completion by quality.
    case best
    /// The completions that are fully right by quality.
    case correct
}

/// The measure that a pair must agree with to be ranked.
public enum Preference: String, Codable, Sendable, CaseIterable {
    /// The share of the prompt's facts that a side keeps.
    case metric
}

/// Settings of the ranking: the loss with its parameters, and the number of epochs.
///
/// A parameter that is nil has the loss's own default; one that the loss does not have is refused.
public struct RankingSettings: Codable, Sendable, Equatable {
    /// Name of the loss, one of `Losses.all`.
    public var loss = "rank"
    /// Nats by which the chosen score should exceed the rejected one; PLaD's β.
    public var margin: Double?
    /// Weight of the chosen completion's negative log-likelihood beside the ranking.
    public var lambda: Double?
    /// Inverse temperature of logistic, dpo, ipo, cpo and simpo.
    public var beta: Double?
    /// Slope of hinge-norm, or margin of simpo.
    public var gamma: Double?
    /// Weight of cpo's likelihood term, or of orpo's odds ratio.
    public var alpha: Double?
    /// Margin in nats for a difference of 1 in quality, in the margin loss.
    public var scale: Double?
    /// Reduction of token log-probabilities to a score; nil is the loss's default.
    public var norm: Norm?
    /// Number of passes over the pairs.
    public var epochs = 1.0
    /// Number of rounds of sampling, pairing and ranking.
    public var rounds = 1
    /// Reaction to a collapsed ranking.
    public var onCollapse = CollapseAction.rollback

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case loss, margin, lambda, beta, gamma, alpha, scale, norm, epochs, rounds
        case onCollapse = "on_collapse"
    }
}

/// Settings of AdamW, for warm-up and ranking alike.
public struct OptimiserSettings: Codable, Sendable, Equatable {
    /// Learning rate of the ranking; nil is 1e-5 at 100 million parameters, and for other sizes proportional to one over the square
    /// root.
    public var learningRate: Double?
    /// Number of completions or pairs in an optimiser step; nil is 32, or fewer if the warm-up would have less than 24 steps, but at
    /// least 4.
    public var batchSize: Int?
    /// Course of the learning rate over the ranking's steps.
    public var schedule = Schedule.Shape.constant
    /// Share of the steps in which the learning rate first rises.
    public var learningRateWarmUp = 0.0
    public var weightDecay = 0.0
    /// Largest L2 norm of the gradient; larger ones are clipped. 0 for no clipping.
    public var clip = 1.0
    /// Largest number of token rows in one pass; bounds memory, not the batch.
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
    /// Rank of the adapter; nil trains all weights.
    public var rank: Int?
    /// Scaling numerator α: the adapter's change is multiplied by α/rank; nil is twice the rank.
    public var alpha: Double?
    /// Names of the target layers, such as `q_proj`; `all-linear` is every linear layer but the head.
    public var targets = [LoRA.allLinear]

    public init() {}
}
