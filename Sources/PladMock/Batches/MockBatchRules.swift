import PladRecords

/// The course of a mock teacher's batches, the script's `batch`.
package struct MockBatchRules: Sendable, Equatable {
    package enum Ending: String, Decodable, Sendable {
        /// All rows are tried.
        case completed
        /// The second half of the rows is never tried.
        case expired
        /// The whole batch fails after it was accepted. Anthropic's API has no such end: there each row fails.
        case failed
    }

    /// Number of status requests to which a batch is still in progress.
    package var polls = 2
    package var ends = Ending.completed
    /// Replies to the first, second, … request to each batch address. One with a status below 300 is carried out first, so that a cut
    /// response to a submission leaves a batch that the client does not know.
    package var sequence: [MockReply] = []

    package init() {}
}

extension MockBatchRules: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case polls, ends, sequence
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(beyond: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        polls = try container.decodeIfPresent(Int.self, forKey: .polls) ?? polls
        ends = try container.decodeIfPresent(Ending.self, forKey: .ends) ?? ends
        sequence = try container.decodeIfPresent([MockReply].self, forKey: .sequence) ?? []
        guard polls >= 0 else { throw MockError(.script, "\"polls\" is \(polls); it must not be negative") }
    }
}
