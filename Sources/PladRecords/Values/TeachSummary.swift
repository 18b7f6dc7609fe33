/// `teach.json`: what became of a run's questions to the teacher, and what they took.
///
/// Like the times, and unlike the other records, it differs between a recording and its replay.
package struct TeachSummary: Codable, Sendable, Hashable {
    /// Prompts, each as often as it is to be answered.
    package var questions = 0
    /// How many questions ended in each state: `answered`, `batched` (answered by a batch), `cached`, or one of a drop's. They add up to `questions`.
    package var states: [String: Int] = [:]
    /// The `failed` ones by kind.
    package var failures: [String: Int] = [:]
    /// Answers by the model's name as the provider returned it. More than one means that the teacher changed under way.
    package var models: [String: Int] = [:]
    /// The same by the provider's fingerprint of what served them.
    package var fingerprints: [String: Int] = [:]

    /// What went over the wire for this run, earlier processes included.
    package var wire = Wire()

    package struct Wire: Codable, Sendable, Hashable {
        /// Questions that were answered over the wire.
        package var answers = 0
        /// How often the wire was used, for whatever came of it.
        package var attempts = 0
        package var promptTokens = 0
        package var completionTokens = 0
        /// What the answers cost; nil where the price is not known.
        package var dollars: Double?
        /// The most that requests can have cost which broke off.
        package var dollarsInDoubt: Double?

        package init() {}
    }

    package init() {}
}
