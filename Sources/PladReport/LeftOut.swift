package import PladRecords

/// A line of drops.jsonl with its reason as text, so that a reason that this version does not know is shown too.
package struct LeftOut: Codable, Sendable, Hashable {
    package var stage: String
    package var id: String
    package var state: String
    /// Kind of failure, if the state is `failed`.
    package var kind: String?
    package var detail: String

    package init(stage: String, id: String, state: String, kind: String? = nil, detail: String) {
        self.stage = stage
        self.id = id
        self.state = state
        self.kind = kind
        self.detail = detail
    }

    package init(_ drop: Drop) {
        self.init(stage: drop.stage.rawValue, id: drop.id, state: drop.state.rawValue, kind: drop.kind, detail: drop.detail)
    }

    /// Reason in words; for an unknown one, the words of its name.
    var meaning: String {
        Self.meanings[state] ?? Self.words(state)
    }

    private static let meanings = [
        "empty": "the teacher’s completion holds no text",
        "truncated": "the token limit cut the teacher’s completion off",
        "unfinished": "the endpoint does not say that the teacher’s completion is whole",
        "refused": "the teacher declined to answer",
        "filtered": "the provider’s filter withheld the completion",
        "failed": "the teacher gave no completion",
        "over-budget": "the budget does not hold what asking may cost",
        "interrupted": "the run ended before the completion came",
        "tooLong": "prompt and completion exceed the student’s context",
        "emptySample": "the student’s completion has no tokens",
        "emptyPrompt": "the prompt has no tokens",
        "equalSides": "both sides of the pair are the same",
        "nearDuplicate": "the sides differ only in case, spaces or punctuation",
        "tooSimilar": "the sample is too much like the chosen text",
        "tooDifferent": "the sample is too little like the chosen text",
        "unevenLengths": "the sides differ too much in length",
        "notPreferred": "the metric does not prefer the chosen side",
        "notSelected": "another sample of the prompt is the rejected one",
    ]

    /// The words of a name: `overBudget` and `over-budget` are "over budget".
    private static func words(_ name: String) -> String {
        name.reduce(into: "") { words, character in
            if character.isUppercase {
                words += " " + character.lowercased()
            } else {
                words.append(character == "-" || character == "_" ? " " : character)
            }
        }
    }
}
