package import PladRecords
package import PladStudent

/// A completion as token ids, with a loss's other inputs.
package struct EncodedCandidate: Sendable, Hashable {
    package var ids: [TokenID]
    /// Quality of the completion; greater is better.
    package var quality: Double?
    /// Sum of its token log-probabilities under the student before this training, nats.
    package var reference: Double?

    package init(ids: [TokenID], quality: Double? = nil, reference: Double? = nil) {
        self.ids = ids
        self.quality = quality
        self.reference = reference
    }
}

/// A prompt's candidates as token ids, the trainer's input. A pair is a group of two, the chosen side first.
package struct EncodedGroup: Sendable, Hashable {
    package var id: String
    package var prompt: [TokenID]
    /// Candidates, the chosen one first; it alone if the loss does not rank.
    package var candidates: [EncodedCandidate]
    /// True to keep the chosen candidate likely beside the ranking.
    package var keepsChosen: Bool

    package init(id: String, prompt: [TokenID], candidates: [EncodedCandidate], keepsChosen: Bool = true) {
        self.id = id
        self.prompt = prompt
        self.candidates = candidates
        self.keepsChosen = keepsChosen
    }

    package init(id: String, prompt: [TokenID], chosen: [TokenID], rejected: [TokenID]? = nil) {
        self.init(id: id, prompt: prompt, candidates: [chosen, rejected].compactMap { $0.map { EncodedCandidate(ids: $0) } })
    }

    package var chosen: [TokenID] { candidates[0].ids }
    package var completions: [[TokenID]] { candidates.map(\.ids) }

    /// The group as a prompt tree: its prompt once, a continuation for each completion.
    package var tree: PromptTree { PromptTree(prompt: prompt, continuations: completions) }

    /// Number of rows to compute: every token once, except a completion's last, which is predicted but never read.
    package var rows: Int { prompt.count + candidates.reduce(0) { $0 + $1.ids.count - 1 } }
}

extension [EncodedGroup] {
    /// The pairs as a loss reads them: each by itself, or grouped by prompt and chosen side, best first.
    ///
    /// Candidates of equal quality keep their order, so the chosen one stays first unless another is better.
    package func arranged(for loss: any Loss.Type) -> [EncodedGroup] {
        guard loss.reads.contains(.group) else { return self }
        var places: [[[TokenID]]: Int] = [:]
        var groups: [EncodedGroup] = []
        for pair in self {
            let key = [pair.prompt, pair.chosen]
            if let place = places[key] {
                groups[place].candidates += pair.candidates.dropFirst()
            } else {
                places[key] = groups.count
                groups.append(pair)
            }
        }
        for index in groups.indices {
            let ordered = groups[index].candidates.enumerated().sorted { a, b in
                let (left, right) = (a.element.quality ?? 0, b.element.quality ?? 0)
                return left != right ? left > right : a.offset < b.offset
            }
            groups[index].candidates = ordered.map(\.element)
        }
        return groups
    }
}
