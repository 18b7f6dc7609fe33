import PladRecords

/// The held-out prompts with the teacher's text and every student's completion, side by side.
struct CompletionsView {
    struct Item {
        let number: Int
        let id: String
        let prompt: String
        let opening: String
        let isOpen: Bool
        /// Change from the student before the last to the last, by similarity to the teacher's text: `better`, `worse` or `same`.
        let change: String
        let scores: String
        let needed: String?
        let texts: [Shown]
    }

    struct Shown {
        let who: String
        let score: String?
        /// Number of the prompt's facts in the completion, as text.
        let kept: String?
        let text: String
        let isTeacher: Bool
    }

    let count: Int
    let items: [Item]
    /// Name of the metric that the scores are of.
    let likeness: String
    /// True if items can be filtered by the effect of ranking.
    let isScored: Bool
    let last: String
    let before: String

    /// Bytes that all texts share, about a megabyte, so that the page stays below two.
    private static let budget = 900_000

    /// Nil if there are no examples.
    init?(_ evaluation: Evaluation) {
        guard !evaluation.examples.isEmpty else { return nil }
        let names = evaluation.students.map(\.name)
        let bytes = min(6000, Self.budget / (evaluation.examples.count * (names.count + 2)))
        count = evaluation.examples.count
        likeness = evaluation.likeness.rawValue
        let scores = evaluation.examples.map { example in
            let scores = evaluation.likeness == .chrF ? example.chrF : example.rougeL
            return scores?.count == names.count ? scores! : []
        }
        isScored = names.count > 1 && scores.contains { !$0.isEmpty }
        last = names.last ?? ""
        before = names.dropLast().last ?? ""
        items = evaluation.examples.enumerated().map { index, example in
            let scores = scores[index]
            let answers = zip(example.students.indices, example.students).map { position, text in
                Shown(
                    who: position < names.count ? names[position] : "student \(position + 1)",
                    score: position < scores.count ? Numbers.fixed(scores[position], 2) : nil,
                    kept: Self.kept(example, position), text: text.clipped(toEscaped: bytes), isTeacher: false)
            }
            return Item(
                number: index + 1, id: example.id, prompt: example.prompt.clipped(toEscaped: bytes),
                opening: Self.opening(of: example.prompt), isOpen: index < 3, change: Self.change(scores),
                scores: scores.map { Numbers.fixed($0, 2) }.joined(separator: " → "),
                needed: example.facts.map { $0.joined(separator: " · ").clipped(toEscaped: bytes) },
                texts: [Shown(who: "teacher", score: nil, kept: nil, text: example.teacher.clipped(toEscaped: bytes), isTeacher: true)]
                    + answers)
        }
    }

    private static func kept(_ example: SideBySide, _ position: Int) -> String? {
        guard let facts = example.facts, let kept = example.factsKept, position < kept.count else { return nil }
        return "· \(kept[position]) of \(facts.count) facts"
    }

    private static func opening(of prompt: String) -> String {
        let line = prompt.prefix(400).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > 90 ? line.prefix(89) + "…" : line
    }

    private static func change(_ scores: [Double]) -> String {
        guard scores.count > 1 else { return "same" }
        let (now, before) = (scores[scores.count - 1], scores[scores.count - 2])
        return now > before ? "better" : now < before ? "worse" : "same"
    }
}
