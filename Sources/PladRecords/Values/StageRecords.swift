/// Which part of the prompts a record belongs to.
package enum Split: String, Codable, Sendable {
    /// Trained on.
    case train
    /// Sampled and ranked, never put to the teacher.
    case unpaid
    /// Never trained on: the student to keep is chosen by them.
    case valid
    /// Neither trained on nor chosen by: what is reported is measured on them. Runs that choose nothing report on `valid`.
    case test
}

/// A line of `teacher.jsonl`: a usable answer of the teacher.
package struct TeacherAnswer: Codable, Sendable, Hashable {
    package var id: String
    package var split: Split
    /// Which of the answers to this prompt it is, from 0.
    package var sample: Int
    package var text: String
    /// `length` or `other` for an answer that is not whole and that `--keep-truncated` kept: it has no end to learn.
    package var finishReason: FinishReason
    package var model: String?
    package var usage: Usage?
    /// Control text of a chat format that was cut off the text's edges; nil for none.
    package var cut: String?

    package init(
        id: String, split: Split, sample: Int, text: String, finishReason: FinishReason, model: String? = nil, usage: Usage? = nil,
        cut: String? = nil
    ) {
        self.id = id
        self.split = split
        self.sample = sample
        self.text = text
        self.finishReason = finishReason
        self.model = model
        self.usage = usage
        self.cut = cut
    }
}

/// A line of `samples.jsonl`: something the student said.
package struct StudentSample: Codable, Sendable, Hashable {
    package var id: String
    package var split: Split
    /// Which round's student said it, from 1.
    package var round: Int
    package var sample: Int
    package var text: String
    /// The ids that the sampler drew, the end-of-sequence token included where it was drawn.
    package var ids: [TokenID]
    package var finishReason: FinishReason

    package init(id: String, split: Split, round: Int, sample: Int, text: String, ids: [TokenID], finishReason: FinishReason) {
        self.id = id
        self.split = split
        self.round = round
        self.sample = sample
        self.text = text
        self.ids = ids
        self.finishReason = finishReason
    }
}

/// A line of `drops.jsonl`: a prompt, sample or pair that was not used, and why.
package struct Drop: Codable, Sendable, Hashable {
    /// Every reason for which something is left out; each has one meaning.
    package enum State: String, Codable, Sendable, CaseIterable {
        /// The teacher's answer holds no text.
        case empty
        /// The teacher's answer was cut off by the token limit.
        case truncated
        /// The teacher's answer ended for a reason that no whole answer has, or for none.
        case unfinished
        /// The teacher declined to answer.
        case refused
        /// The provider's content filter withheld the answer.
        case filtered
        /// The teacher gave no answer after every retry.
        case failed
        /// The budget does not hold what asking may cost.
        case overBudget = "over-budget"
        /// The run ended before the answer came.
        case interrupted
        /// The prompt alone fills the student's context, or prompt and completion exceed it.
        case tooLong
        /// A completion of the student has no tokens.
        case emptySample
        /// The prompt has no tokens.
        case emptyPrompt
        /// Both sides of the pair are the same.
        case equalSides
        /// The sides of the pair differ in case, spaces or punctuation alone.
        case nearDuplicate
        /// The sample is more like the chosen text than asked for.
        case tooSimilar
        /// The sample is less like the chosen text than asked for.
        case tooDifferent
        /// The sides of the pair differ in length by more than asked for.
        case unevenLengths
        /// The quality of both sides of the pair is the same, or differs by less than asked for.
        case smallGap
        /// The teacher's answer is not right, or not its best.
        case lowQuality
        /// The quality says nothing about this prompt.
        case noQuality
        /// The metric does not put the chosen side above the rejected one.
        case notPreferred
        /// Another sample of the same prompt is the rejected one.
        case notSelected
    }

    /// The stage that left it out.
    package enum Stage: String, Codable, Sendable {
        case teach
        case warmUp = "warm-up"
        case sample
        case pair
        case train
        case evaluate
    }

    package var stage: Stage
    package var id: String
    package var split: Split
    package var round: Int?
    package var sample: Int?
    package var state: State
    /// What kind of failure, where the state is `failed`: `exhausted`, `rejected`, …
    package var kind: String?
    /// What was seen, for a person.
    package var detail: String

    package init(
        stage: Stage, id: String, split: Split, round: Int? = nil, sample: Int? = nil, state: State, kind: String? = nil, detail: String
    ) {
        self.stage = stage
        self.id = id
        self.split = split
        self.round = round
        self.sample = sample
        self.state = state
        self.kind = kind
        self.detail = detail
    }
}

/// A line of `log.jsonl`: one optimiser step.
package struct TrainingStep: Codable, Sendable, Hashable {
    /// `warm-up` or `round-1`, `round-2`, …
    package var phase: String
    /// From 1 within the phase.
    package var step: Int
    package var loss: Double
    package var learningRate: Double
    /// L2 norm of the whole gradient before clipping.
    package var gradientNorm: Double
    /// Mean over the batch of the sum of log-probabilities of the chosen completion, nats.
    package var chosenLogProbability: Double
    /// The same of the rejected completion; nil without one.
    package var rejectedLogProbability: Double?
    /// Share of the batch's pairs whose chosen side has the higher score; nil without pairs.
    package var accuracy: Double?
    /// Completion and prompt tokens of the batch, a shared prompt counted once.
    package var tokens: Int
    /// Mean over the batch of the tokens of the chosen and of the rejected completions.
    package var chosenTokens: Double?
    package var rejectedTokens: Double?
    /// Nats per token of texts that are not trained on, after this step, where it was looked at.
    package var heldOutLoss: Double?
    /// What greedy answers are like after this step, where they were looked at.
    package var probe: AnswerProbe?
    /// Why the phase ended with this step, and what became of its weights, where it collapsed.
    package var collapse: String?
    /// After which step of the phase the weights are that were kept then; 0 for those before it.
    package var keptStep: Int?

    package init(
        phase: String, step: Int, loss: Double, learningRate: Double, gradientNorm: Double,
        chosenLogProbability: Double, rejectedLogProbability: Double?, accuracy: Double?, tokens: Int,
        chosenTokens: Double? = nil, rejectedTokens: Double? = nil, probe: AnswerProbe? = nil, collapse: String? = nil
    ) {
        self.phase = phase
        self.step = step
        self.loss = loss
        self.learningRate = learningRate
        self.gradientNorm = gradientNorm
        self.chosenLogProbability = chosenLogProbability
        self.rejectedLogProbability = rejectedLogProbability
        self.accuracy = accuracy
        self.tokens = tokens
        self.chosenTokens = chosenTokens
        self.rejectedTokens = rejectedTokens
        self.probe = probe
        self.collapse = collapse
    }
}
