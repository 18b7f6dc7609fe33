import Foundation
package import PladRecords

/// What happens when a ranking collapses.
public enum CollapseAction: String, Codable, CaseIterable, Sendable {
    /// The training ends with an error.
    case stop
    /// The training ends with the weights of the last good state.
    case rollback
    /// Nothing is watched.
    case off
}

/// Says whether a ranking has collapsed: it can push the rejected side down by making every text of the kind unlikely, or
/// drift into answers that never end.
///
/// Every few steps the same few prompts are looked at, so that what is compared differs by the training alone. Numbers
/// that are not finite are the trainer's own error.
package struct CollapseGuard: Sendable {
    /// A fall of the chosen completions' log-probability per token that is no longer calibration: each token has become
    /// half as likely.
    static let fall = log(2.0)
    /// Answers that are this many times as long as the chosen ones, or as they were, or as many times shorter.
    static let lengthFactor = 2.0
    /// A rise in the share of answers' text that repeats itself.
    static let repetition = 0.3

    /// Steps between two looks: a tenth of the training, at most 50.
    package let interval: Int
    private let totalSteps: Int

    package init(totalSteps: Int) {
        self.totalSteps = totalSteps
        interval = max(1, min(50, (totalSteps + 9) / 10))
    }

    package func looks(after steps: Int) -> Bool {
        steps % interval == 0 || steps == totalSteps
    }

    /// Why a training counts as collapsed; nil where it does not.
    ///
    /// - Parameters:
    ///   - now: the prompts as they are answered now; nil where the student's numbers are no longer finite.
    ///   - start: the same prompts before the first step.
    package func reason(_ now: AnswerProbe?, since start: AnswerProbe) -> String? {
        guard let now else { return "the student's numbers are no longer finite" }
        if start.chosenLogProbabilityPerToken - now.chosenLogProbabilityPerToken > Self.fall {
            return String(
                format: "the chosen completions fell from %.2f to %.2f nats per token", start.chosenLogProbabilityPerToken,
                now.chosenLogProbabilityPerToken)
        }
        let (ratio, before) = (now.lengthRatio, start.lengthRatio)
        if ratio > Self.lengthFactor * max(1, before) || ratio < min(1, before) / Self.lengthFactor {
            return String(format: "the answers' length went from %.2f to %.2f times the chosen one's", before, ratio)
        }
        if now.repetition > start.repetition + Self.repetition {
            return String(
                format: "the share of the answers that repeats itself rose from %.0f to %.0f %%", 100 * start.repetition,
                100 * now.repetition)
        }
        return nil
    }
}
