/// A vocabulary index, as student files and records spell it.
package typealias TokenID = Int32

/// One prompt with the completion to prefer and, for ranking, the one to rank below it.
///
/// A line of a pairs file is `{"prompt", "chosen", "rejected"}` or `{"prompt_ids", "chosen_ids", "rejected_ids"}`.
/// Where ids are given they are used exactly as given: nothing is added, nothing is cut. From text, the
/// end-of-sequence token is appended to each completion that does not spell it at its end already. `rejected` may be absent: such a
/// pair only keeps the chosen text likely.
package struct PreferencePair: Codable, Sendable, Hashable {
    package var id: String?
    /// Which round's student drew the rejected side, from 1.
    package var round: Int?
    /// Which of the samples of this prompt the rejected side is, from 0.
    package var sample: Int?
    package var prompt: String?
    package var chosen: String?
    package var rejected: String?
    package var promptIDs: [TokenID]?
    package var chosenIDs: [TokenID]?
    package var rejectedIDs: [TokenID]?
    /// How good each side is, for losses that ask; the greater the better.
    package var chosenQuality: Double?
    package var rejectedQuality: Double?
    /// Whether the chosen side is kept likely beside the ranking, where the loss does that; nil is yes.
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

    /// Whether there is a rejected side to rank below the chosen one.
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
    /// A record's id: a text, or a whole number, as many files have it; nil where there is none.
    package func decodeID(forKey key: Key) throws -> String? {
        if let number = try? decodeIfPresent(Int.self, forKey: key) { return String(number) }
        return try decodeIfPresent(String.self, forKey: key)
    }
}
