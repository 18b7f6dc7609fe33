package import PladStudent

/// The loss on texts that are not trained on, which shows if training generalises.
package struct HeldOutLoss {
    /// Number of measurements during training, beside the one at its end.
    static let looks = 5

    private let trees: [PromptTree]

    package init(_ groups: [EncodedGroup]) { trees = groups.map { PromptTree(prompt: $0.prompt, continuations: [$0.chosen]) } }

    /// The loss on plain texts, their first tokens aside.
    package init(texts: [EncodedText]) { trees = texts.map(\.tree) }

    /// Mean loss in nats per token of the chosen completions, the end-of-sequence token included; nil if there are none.
    package func callAsFunction(_ student: Student) throws -> Double? {
        let tokens = trees.reduce(0) { $0 + $1.continuations[0].count }
        guard tokens > 0 else { return nil }
        return try -student.logProbabilities(of: trees).joined().joined().reduce(0) { $0 + Double($1) } / Double(tokens)
    }

    func looks(after step: Int, of total: Int) -> Bool { step == total || step % max(1, total / Self.looks) == 0 }
}
