import PladRecords

/// A measure by which students are compared: its name, its value and its direction.
struct Measure: Sendable {
    /// The direction in which a measure gets better.
    enum Direction: Sendable {
        case higher
        case lower
        /// No direction: information such as length.
        case none
    }

    /// The meaning of a paired difference.
    enum Judgement: Sendable {
        case better
        case worse
        case changed
        /// Not significant: the interval holds 0.
        case unclear
    }

    let name: String
    /// Name in the terminal, at most 12 characters.
    let shortName: String
    /// Name inside a sentence.
    let inSentence: String
    /// Meaning, in a sentence.
    let meaning: String
    let decimals: Int
    /// True for the few measures in headline and closing table, each with its own plot.
    let isMain: Bool
    /// True for the measures in a run's closing table.
    var isClosing = false
    let direction: Direction
    let estimate: @Sendable (StudentEvaluation) -> Estimate?
    let difference: @Sendable (StudentDifference) -> Estimate?

    /// Bounds of its value.
    var limits: ClosedRange<Double> { ["nats/token", "tokens"].contains(shortName) ? 0...Double.greatestFiniteMagnitude : 0...1 }

    /// The measures of which any student has a value, the main ones first.
    static func measured(in evaluation: Evaluation) -> [Measure] {
        (main + further).filter { measure in evaluation.students.contains { measure.estimate($0)?.measured != nil } }
    }

    /// The verdict on a difference; nil if there was nothing to compare.
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
