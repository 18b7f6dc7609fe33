/// The outcome of a run's requests to the teacher and their cost, `teach.json`.
///
/// Unlike most records, and like the stage times, it differs between a recording and its replay.
package struct TeachSummary: Codable, Sendable, Hashable {
    /// Number of completions wanted: prompts times completions for each.
    package var questions = 0
    /// Number of wanted completions by outcome: `answered`, `batched` (from a batch), `cached`, or the state of a drop. They add up to
    /// `questions`.
    package var states: [String: Int] = [:]
    /// Number of failures by kind.
    package var failures: [String: Int] = [:]
    /// Number of completions by model name as the provider returned it. Several names mean that the teacher changed during the run.
    package var models: [String: Int] = [:]
    /// Number of completions by the provider's fingerprint.
    package var fingerprints: [String: Int] = [:]

    /// Network use of this run, earlier processes included.
    package var wire = Wire()

    package struct Wire: Codable, Sendable, Hashable {
        /// Number of completions received over the network.
        package var answers = 0
        /// Number of requests sent, whatever their outcome.
        package var attempts = 0
        package var promptTokens = 0
        package var completionTokens = 0
        /// Cost of the completions; nil if the price is not known.
        package var dollars: Double?
        /// Upper bound of the cost of broken-off requests.
        package var dollarsInDoubt: Double?

        package init() {}
    }

    package init() {}
}
