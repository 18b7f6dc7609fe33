/// A vocabulary index, the type of token ids in student files and records.
package typealias TokenID = Int32

/// One prompt with the chosen completion and, for ranking, the rejected one.
///
/// A line of a pairs file is `{"prompt", "chosen", "rejected"}` or `{"prompt_ids", "chosen_ids", "rejected_ids"}`. Given ids are used
/// unchanged: nothing is added, nothing is cut. For text, the end-of-sequence token is appended to each completion that does not
/// already end with it. `rejected` may be absent: such a pair only keeps the chosen text likely.
package struct PreferencePair: Codable, Sendable, Hashable {
    package var id: String?
    /// Round whose student drew the rejected side, from 1.
    package var round: Int?
    /// Index of the rejected side among this prompt's samples, from 0.
    package var sample: Int?
    package var prompt: String?
    package var chosen: String?
    package var rejected: String?
    package var promptIDs: [TokenID]?
    package var chosenIDs: [TokenID]?
    package var rejectedIDs: [TokenID]?
    /// Quality of each side, for losses that use it; greater is better.
    package var chosenQuality: Double?
    package var rejectedQuality: Double?
    /// True to keep the chosen side likely beside the ranking, if the loss does that; nil is true.
    package var keepsChosen: Bool?

    package init(
        id: String? = nil, round: Int? = nil, sample: Int? = nil,
        prompt: String? = nil, chosen: String? = nil, rejected: String? = nil,
        promptIDs: [TokenID]? = nil, chosenIDs: [TokenID]? = nil, rejectedIDs: [TokenID]? = nil,
        chosenQuality: Double? = nil, rejectedQuality: Double? = nil
    ) {
        self.id = id
        self.round = round
        self.sample = sample
        self.prompt = prompt
        self.chosen = chosen
        self.rejected = rejected
        self.promptIDs = promptIDs
        self.chosenIDs = chosenIDs
        self.rejectedIDs = rejectedIDs
        self.chosenQuality = chosenQuality
        self.rejectedQuality = rejectedQuality
    }

    /// True if there is a rejected side to rank below the chosen one.
    package var ranks: Bool { rejected != nil || rejectedIDs != nil }

    private enum CodingKeys: String, CodingKey {
        case id, round, sample, prompt, chosen, rejected, promptIDs, chosenIDs, rejectedIDs, chosenQuality, rejectedQuality,
            keepsChosen
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decodeID(forKey: .id)
        round = try container.decodeIfPresent(Int.self, forKey: .round)
        sample = try container.decodeIfPresent(Int.self, forKey: .sample)
        prompt = try container.decodeIfPresent(String.self, forKey: .prompt)
        chosen = try container.decodeIfPresent(String.self, forKey: .chosen)
        rejected = try container.decodeIfPresent(String.self, forKey: .rejected)
        promptIDs = try container.decodeIfPresent([TokenID].self, forKey: .promptIDs)
        chosenIDs = try container.decodeIfPresent([TokenID].self, forKey: .chosenIDs)
        rejectedIDs = try container.decodeIfPresent([TokenID].self, forKey: .rejectedIDs)
        chosenQuality = try container.decodeIfPresent(Double.self, forKey: .chosenQuality)
        rejectedQuality = try container.decodeIfPresent(Double.self, forKey: .rejectedQuality)
        keepsChosen = try container.decodeIfPresent(Bool.self, forKey: .keepsChosen)
    }
}

extension KeyedDecodingContainer {
    /// A record's id, a string or an integer; nil if there is none.
    package func decodeID(forKey key: Key) throws -> String? {
        if let number = try? decodeIfPresent(Int.self, forKey: key) { return String(number) }
        return try decodeIfPresent(String.self, forKey: key)
    }
}
