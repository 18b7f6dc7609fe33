import Foundation
package import PladRecords

/// The reaction to a collapsed ranking.
public enum CollapseAction: String, Codable, CaseIterable, Sendable {
    /// Training ends with an error.
    case stop
    /// Training ends with the last good weights.
    case rollback
    /// Collapse is not watched for.
    case off
}

/// Detects a collapsed ranking, which pushes the rejected side down by making all similar texts unlikely, or drifts into completions
/// that never end.
///
/// The same few prompts are probed every few steps, so that differences come from training alone. Numbers that are not finite are
/// reported by the trainer itself.
package struct CollapseGuard: Sendable {
    /// Fall of the chosen completions' log-probability per token, nats, beyond which the guard acts: each token is half as likely.
    static let fall = log(2.0)
    /// Length ratio beyond which the guard acts, longer or shorter: of completions to the chosen ones, and to those before training.
    static let lengthFactor = 2.0
    /// Rise in the share of repeated text beyond which the guard acts.
    static let repetition = 0.3

    /// Number of steps between two probes: a tenth of training, at most 50.
    package let interval: Int
    private let totalSteps: Int

    package init(totalSteps: Int) {
        self.totalSteps = totalSteps
        interval = max(1, min(50, (totalSteps + 9) / 10))
    }

    package func looks(after steps: Int) -> Bool {
        steps % interval == 0 || steps == totalSteps
    }

    /// The reason why training counts as collapsed; nil if it does not.
    ///
    /// - Parameters:
    ///   - now: probe of the prompts now; nil if the student's numbers are not finite.
    ///   - start: probe of the same prompts before the first step.
    package func reason(_ now: GreedyProbe?, since start: GreedyProbe) -> String? {
        guard let now else { return "the student's numbers are no longer finite" }
        if start.chosenLogProbabilityPerToken - now.chosenLogProbabilityPerToken > Self.fall {
            return String(
                format: "the chosen completions fell from %.2f to %.2f nats per token", start.chosenLogProbabilityPerToken,
                now.chosenLogProbabilityPerToken)
        }
        let (ratio, before) = (now.lengthRatio, start.lengthRatio)
        if ratio > Self.lengthFactor * max(1, before) || ratio < min(1, before) / Self.lengthFactor {
            return String(format: "the completions' length went from %.2f to %.2f times the chosen one's", before, ratio)
        }
        if now.repetition > start.repetition + Self.repetition {
            return String(
                format: "the share of the completions that repeats itself rose from %.0f to %.0f %%", 100 * start.repetition,
                100 * now.repetition)
        }
        return nil
    }
}
