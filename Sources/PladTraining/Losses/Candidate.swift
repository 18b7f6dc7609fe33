/// One completion of a prompt, as input to a loss.
package struct Candidate: Sendable, Hashable {
    /// Score that the loss compares: the sum of the completion's token log-probabilities in nats, or their mean (`Norm`).
    package var score: Double
    /// Number of tokens in the completion.
    package var tokens: Int
    /// Score under the student before this training; nil if the loss does not read it.
    package var reference: Double?
    /// Quality of the completion; nil if the loss does not read it.
    package var quality: Double?

    package init(score: Double, tokens: Int = 1, reference: Double? = nil, quality: Double? = nil) {
        self.score = score
        self.tokens = tokens
        self.reference = reference
        self.quality = quality
    }

    /// Increase of the score since before this training, in nats.
    var gain: Double {
        guard let reference else { preconditionFailure("a loss that reads references was given a candidate without one") }
        return score - reference
    }

    var knownQuality: Double {
        guard let quality else { preconditionFailure("a loss that reads qualities was given a candidate without one") }
        return quality
    }
}
