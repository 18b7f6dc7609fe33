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
    /// One of the few that headline and closing table speak of, each with a plot of its own.
    let isMain: Bool
    /// One of those that the closing table of a run holds.
    var isClosing = false
    let direction: Direction
    let estimate: @Sendable (StudentEvaluation) -> Estimate?
    let difference: @Sendable (StudentDifference) -> Estimate?

    /// What its value cannot exceed.
    var limits: ClosedRange<Double> { ["nats/token", "tokens"].contains(shortName) ? 0...Double.greatestFiniteMagnitude : 0...1 }

    /// The measures of which any student has a value, the main ones first.
    static func measured(in evaluation: Evaluation) -> [Measure] {
        (main + further).filter { measure in evaluation.students.contains { measure.estimate($0)?.measured != nil } }
    }

    /// Nil where there was nothing to compare.
    func judge(_ difference: StudentDifference) -> Judgement? {
        guard let estimate = self.difference(difference)?.measured else { return nil }
        // One prompt has no spread to judge by.
        guard difference.rougeL.count > 1, estimate.low > 0 || estimate.high < 0 else { return .unclear }
        return switch direction {
        case .none: .changed
        case .higher: estimate.low > 0 ? .better : .worse
        case .lower: estimate.high < 0 ? .better : .worse
        }
    }
}
