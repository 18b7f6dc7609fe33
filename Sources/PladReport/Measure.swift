import PladRecords

/// One of the numbers by which students are compared: how it is called, read and judged.
struct Measure: Sendable {
    /// Which way is better.
    enum Direction: Sendable {
        case higher
        case lower
        /// Neither: a fact to know, such as length.
        case none
    }

    /// What a paired difference says.
    enum Judgement: Sendable {
        case better
        case worse
        case changed
        /// The interval holds 0.
        case unclear
    }

    let name: String
    /// At most 12 characters, for the terminal.
    let shortName: String
    /// Its name inside a sentence.
    let inSentence: String
    /// What it means, in a sentence.
    let meaning: String
    let decimals: Int
    let direction: Direction
    let estimate: @Sendable (StudentEvaluation) -> Estimate?
    let difference: @Sendable (StudentDifference) -> Estimate?

    static let all = [
        Measure(
            name: "ROUGE-L", shortName: "ROUGE-L", inSentence: "ROUGE-L",
            meaning: "Likeness of the greedy answer to the teacher’s: longest common subsequence of words, F. Higher is better.",
            decimals: 3, direction: .higher, estimate: { $0.rougeL }, difference: { $0.rougeL }),
        Measure(
            name: "Negative log-likelihood", shortName: "nats/token", inSentence: "negative log-likelihood",
            meaning: "Of the teacher’s text, nats per token. Lower is better.",
            decimals: 3, direction: .lower, estimate: { $0.teacherNegativeLogLikelihood }, difference: { $0.teacherNegativeLogLikelihood }),
        Measure(
            name: "Pairs ranked right", shortName: "ranked right", inSentence: "pairs ranked right",
            meaning: "Share of held-out pairs in which the teacher’s text scores above the student’s sample. Higher is better.",
            decimals: 3, direction: .higher, estimate: { $0.rankAccuracy }, difference: { $0.rankAccuracy }),
        Measure(
            name: "Facts kept", shortName: "facts kept", inSentence: "facts kept",
            meaning: "Share of the prompts’ facts found to the letter in the greedy answer. Higher is better.",
            decimals: 3, direction: .higher, estimate: { $0.factsKept }, difference: { $0.factsKept }),
        Measure(
            name: "Answer length", shortName: "tokens", inSentence: "answer length",
            meaning: "Tokens of the greedy answer.",
            decimals: 1, direction: .none, estimate: { $0.answerTokens }, difference: { $0.answerTokens }),
    ]

    /// The measures of which any student has a value.
    static func measured(in evaluation: Evaluation) -> [Measure] {
        all.filter { measure in evaluation.students.contains { measure.estimate($0)?.measured != nil } }
    }

    /// Nil where there was nothing to compare.
    func judge(_ difference: StudentDifference) -> Judgement? {
        guard let estimate = self.difference(difference)?.measured else { return nil }
        guard estimate.low > 0 || estimate.high < 0 else { return .unclear }
        return switch direction {
        case .none: .changed
        case .higher: estimate.low > 0 ? .better : .worse
        case .lower: estimate.high < 0 ? .better : .worse
        }
    }
}
