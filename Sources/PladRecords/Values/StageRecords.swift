/// The part of the prompts that a record belongs to.
package enum Split: String, Codable, Sendable {
    /// Prompts to train on.
    case train
    /// Prompts to sample and rank, never sent to the teacher.
    case unpaid
    /// Prompts that choose the student to keep; never trained on.
    case valid
    /// Prompts that results are reported on; neither trained on nor used to choose. Runs that choose nothing report on `valid`.
    case test
}

/// A usable completion of the teacher, a line of `teacher.jsonl`.
package struct TeacherCompletion: Codable, Sendable, Hashable {
    package var id: String
    package var split: Split
    /// Index among the completions of this prompt, from 0.
    package var sample: Int
    package var text: String
    /// Finish reason; `length` or `other` for an unfinished completion that was kept on request: it has no end to learn.
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

/// A sample of the student, a line of `samples.jsonl`.
package struct StudentSample: Codable, Sendable, Hashable {
    package var id: String
    package var split: Split
    /// Round whose student drew it, from 1.
    package var round: Int
    package var sample: Int
    package var text: String
    /// Ids as drawn, with the end-of-sequence token if it was drawn.
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

/// A prompt, sample or pair that was not used, and the reason: a line of `drops.jsonl`.
package struct Drop: Codable, Sendable, Hashable {
    /// The reason why a record was dropped; each has one meaning.
    package enum State: String, Codable, Sendable, CaseIterable {
        /// The teacher's completion holds no text.
        case empty
        /// The teacher's completion was cut off by the token limit.
        case truncated
        /// The teacher's completion is unfinished for another reason, or for an unknown one.
        case unfinished
        /// The teacher refused the request.
        case refused
        /// The provider's content filter withheld the completion.
        case filtered
        /// The teacher returned no completion after all retries.
        case failed
        /// The remaining budget is less than the request may cost.
        case overBudget = "over-budget"
        /// The run ended before the completion arrived.
        case interrupted
        /// The prompt alone fills the student's context, or prompt and completion exceed it.
        case tooLong
        /// A completion of the student has no tokens.
        case emptySample
        /// The prompt has no tokens.
        case emptyPrompt
        /// Both sides of the pair are equal.
        case equalSides
        /// The sides of the pair differ only in case, spaces or punctuation.
        case nearDuplicate
        /// The sample is more similar to the chosen text than allowed.
        case tooSimilar
        /// The sample is less similar to the chosen text than allowed.
        case tooDifferent
        /// The sides of the pair differ in length by more than allowed.
        case unevenLengths
        /// The sides of the pair have the same quality, or differ by less than required.
        case smallGap
        /// The teacher's completion is wrong, or not the best of the prompt's.
        case lowQuality
        /// The quality is not defined for this prompt.
        case noQuality
        /// The metric does not put the chosen side above the rejected one.
        case notPreferred
        /// Another sample of the prompt was selected as the rejected one.
        case notSelected
    }

    /// The stage that dropped the record.
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
    /// Kind of failure, if the state is `failed`: `exhausted`, `rejected`, …
    package var kind: String?
    /// Details for a person.
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

/// One optimiser step, a line of `log.jsonl`.
package struct TrainingStep: Codable, Sendable, Hashable {
    /// Name of the phase: `warm-up` or `round-1`, `round-2`, …
    package var phase: String
    /// Number of the step, from 1 within the phase.
    package var step: Int
    package var loss: Double
    package var learningRate: Double
    /// L2 norm of the whole gradient before clipping.
    package var gradientNorm: Double
    /// Mean over the batch of the chosen completion's log-probability, summed over its tokens, nats.
    package var chosenLogProbability: Double
    /// Mean over the batch of the rejected completion's log-probability, nats; nil without one.
    package var rejectedLogProbability: Double?
    /// Share of the batch's pairs whose chosen side has the higher score; nil without pairs.
    package var accuracy: Double?
    /// Number of completion and prompt tokens in the batch, a shared prompt counted once.
    package var tokens: Int
    /// Mean number of tokens in the chosen and in the rejected completions of the batch.
    package var chosenTokens: Double?
    package var rejectedTokens: Double?
    /// Negative log-likelihood of the batch of plain texts beside a ranking, nats per token; nil without one.
    package var textLoss: Double?
    /// Loss in nats per token on texts that are not trained on, after this step, if it was measured.
    package var heldOutLoss: Double?
    /// Probe of the greedy completions after this step, if it was made.
    package var probe: GreedyProbe?
    /// Reason why the phase collapsed at this step and the treatment of its weights; nil if it did not.
    package var collapse: String?
    /// Step of the phase whose weights were kept after a collapse; 0 for the weights before the phase.
    package var keptStep: Int?

    package init(
        phase: String, step: Int, loss: Double, learningRate: Double, gradientNorm: Double,
        chosenLogProbability: Double, rejectedLogProbability: Double?, accuracy: Double?, tokens: Int,
        chosenTokens: Double? = nil, rejectedTokens: Double? = nil, probe: GreedyProbe? = nil, collapse: String? = nil
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
