/// The outcome of a run's requests to the teacher and their cost, `teach.json`.
///
/// Unlike most records, and like the stage times, it differs between a recording and its replay.
package struct TeachSummary: Codable, Sendable, Hashable {
    /// Number of completions wanted: prompts times completions for each.
    package var wanted = 0
    /// Number of wanted completions by outcome: `answered`, `batched` (from a batch), `cached`, or the state of a drop. They add up to
    /// `wanted`.
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
        package var completions = 0
        /// Number of requests sent, whatever their outcome.
        package var attempts = 0
        package var promptTokens = 0
        package var completionTokens = 0
        /// Cost of the completions; nil if the price is not known.
        package var dollars: Double?
        /// Upper bound of the cost of broken-off requests.
        package var dollarsInDoubt: Double?

        package init() {}

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            completions =
                try container.decodeIfPresent(Int.self, forKey: .completions)
                ?? decoder.container(keyedBy: FormerKeys.self).decode(Int.self, forKey: .answers)
            attempts = try container.decode(Int.self, forKey: .attempts)
            promptTokens = try container.decode(Int.self, forKey: .promptTokens)
            completionTokens = try container.decode(Int.self, forKey: .completionTokens)
            dollars = try container.decodeIfPresent(Double.self, forKey: .dollars)
            dollarsInDoubt = try container.decodeIfPresent(Double.self, forKey: .dollarsInDoubt)
        }
    }

    /// Names that earlier versions gave to `wanted` and `completions`; their runs open all the same.
    private enum FormerKeys: String, CodingKey {
        case questions, answers
    }

    package init() {}

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        wanted =
            try container.decodeIfPresent(Int.self, forKey: .wanted)
            ?? decoder.container(keyedBy: FormerKeys.self).decode(Int.self, forKey: .questions)
        states = try container.decode([String: Int].self, forKey: .states)
        failures = try container.decode([String: Int].self, forKey: .failures)
        models = try container.decode([String: Int].self, forKey: .models)
        fingerprints = try container.decode([String: Int].self, forKey: .fingerprints)
        wire = try container.decode(Wire.self, forKey: .wire)
    }
}
