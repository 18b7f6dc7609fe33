import PladHTTP
import PladRecords
package import PladTeacher

/// The usage of a run's prompts: how many went over the wire, and what was paid for them.
package struct RunUsage: Sendable, Equatable, Codable {
    /// Questions that the teacher answered over the wire.
    package var asked = 0
    /// Questions that cost nothing: recorded, or answered together with an identical one.
    package var fromCache = 0
    /// Times the wire was used for the asked ones; in `CachedTeacher.spent` also those that brought no answer.
    package var attempts = 0
    /// Tokens of the asked ones, as the provider counts them.
    package var promptTokens = 0
    package var completionTokens = 0
    /// The cost of the requests, and the most for those that broke off; nil where the price is not known.
    package var paid: Money?
    package var inDoubt: Money?
    /// The cost of all starts of the run; nil where no run is named or the price is not known.
    package var ofRun: RunCost?
    /// Answers, recorded ones too, by the model's name as the provider returned it. More than one name means that the
    /// teacher changed under way.
    package var models: [String: Int] = [:]
    /// The same by the provider's fingerprint of what served them.
    package var fingerprints: [String: Int] = [:]

    package init() {}

    mutating func add(_ reply: Reply) {
        asked += 1
        attempts += reply.response.attempts
        promptTokens += reply.completion.usage?.promptTokens ?? 0
        completionTokens += reply.completion.usage?.completionTokens ?? 0
    }

    /// Adds batches, which went over the wire too.
    mutating func add(_ outcome: BatchRun.Outcome) {
        asked += outcome.answered.count
        attempts += outcome.answered.count
        promptTokens += outcome.usage.promptTokens
        completionTokens += outcome.usage.completionTokens
        paid = outcome.paid
        inDoubt = outcome.inDoubt
    }

    mutating func add(_ answer: CachedTeacher.Answer) {
        if answer.fromCache { fromCache += 1 }
        if let model = answer.completion.model { models[model, default: 0] += 1 }
        if let fingerprint = answer.completion.fingerprint { fingerprints[fingerprint, default: 0] += 1 }
    }
}
