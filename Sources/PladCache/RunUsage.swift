import PladHTTP
import PladRecords
package import PladTeacher

/// The usage of a run: completions requested and cached, tokens and cost.
package struct RunUsage: Sendable, Equatable, Codable {
    /// Number of completions received over the network.
    package var asked = 0
    /// Number of completions without cost: recorded, or shared with an identical request.
    package var fromCache = 0
    /// Number of requests sent for the asked completions; in `CachedTeacher.spent` also of those that failed.
    package var attempts = 0
    /// Number of tokens of the asked completions, as the provider counts them.
    package var promptTokens = 0
    package var completionTokens = 0
    /// Cost of the requests, and the upper bound for those that broke off; nil if the price is not known.
    package var paid: Money?
    package var inDoubt: Money?
    /// Cost of all processes of the run; nil without a run or if the price is not known.
    package var ofRun: RunCost?
    /// Number of completions, recorded ones too, by the model's name as the provider returned it. Several names mean that the teacher
    /// changed during the run.
    package var models: [String: Int] = [:]
    /// Number of completions by the provider's fingerprint.
    package var fingerprints: [String: Int] = [:]

    package init() {}

    mutating func add(_ reply: Reply) {
        asked += 1
        attempts += reply.response.attempts
        promptTokens += reply.completion.usage?.promptTokens ?? 0
        completionTokens += reply.completion.usage?.completionTokens ?? 0
    }

    /// Adds the usage of batches.
    mutating func add(_ outcome: BatchRun.Outcome) {
        asked += outcome.answered.count
        attempts += outcome.answered.count
        promptTokens += outcome.usage.promptTokens
        completionTokens += outcome.usage.completionTokens
        paid = outcome.paid
        inDoubt = outcome.inDoubt
    }

    mutating func add(_ answer: SourcedCompletion) {
        if answer.fromCache { fromCache += 1 }
        if let model = answer.completion.model { models[model, default: 0] += 1 }
        if let fingerprint = answer.completion.fingerprint { fingerprints[fingerprint, default: 0] += 1 }
    }
}
