/// One completion of a prompt, as a loss sees it.
package struct Candidate: Sendable, Hashable {
    /// What the loss compares: the sum of the completion's token log-probabilities in nats, or their mean (`Norm`).
    package var score: Double

    package init(score: Double) {
        self.score = score
    }
}

/// A loss and its derivatives at one prompt.
package struct LossValue: Sendable, Hashable {
    package var value: Double
    /// d value / d score, one for each candidate.
    package var gradients: [Double]

    package init(value: Double, gradients: [Double]) {
        self.value = value
        self.gradients = gradients
    }
}

/// A function of the scores of one prompt's candidates, to be made small. The first candidate is the chosen one.
///
/// The trainer knows no loss by name: a new one is a file beside this one and its line in `Losses.all`.
package protocol Loss: Sendable {
    /// What `--loss` calls it.
    static var name: String { get }
    /// Whether a rejected completion is needed beside the chosen one.
    static var ranks: Bool { get }
    /// What the sum over a batch is divided by.
    static var reduction: Reduction { get }

    init(_ settings: LossSettings)

    func callAsFunction(_ candidates: [Candidate]) -> LossValue
}

/// What the sum of a loss over a batch is divided by.
package enum Reduction: Sendable {
    /// The number of prompts.
    case pairs
    /// The number of tokens of all chosen completions.
    case tokens
}

/// The numbers that losses take, with plad's defaults (method.md gives their origin in the literature).
package struct LossSettings: Codable, Sendable, Hashable {
    /// By how many nats the chosen score must exceed the rejected one.
    package var margin: Double
    /// Weight of the likelihood of the chosen completion beside the ranking.
    package var lambda: Double

    package init(margin: Double = 1, lambda: Double = 0.1) {
        self.margin = margin
        self.lambda = lambda
    }
}

/// All losses by name.
package enum Losses {
    package static let all: [any Loss.Type] = [RankLoss.self, LikelihoodLoss.self]

    /// Throws `TrainingError.setting` that lists the names there are.
    package static func named(_ name: String) throws -> any Loss.Type {
        guard let found = all.first(where: { $0.name == name }) else {
            let names = all.map { $0.name }.joined(separator: ", ")
            throw TrainingError(.setting, "there is no loss \"\(name)\"; choose one of: \(names)")
        }
        return found
    }
}
