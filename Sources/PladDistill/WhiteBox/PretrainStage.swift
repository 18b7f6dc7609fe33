package import Foundation
import PladRecords
import PladStudent
package import PladTraining

extension PretrainingTrainer {
    /// Trains to the end, and reports every step to an observer; a cancelled task saves the state first.
    package func run(state: URL, every seconds: Double, observer: any RunObserver, label: String = "pretrain") throws {
        if try restore(from: state) { observer.notice(label, "going on from step \(log.count) of \(totalSteps)") }
        var meter = WorkMeter(observer, label, of: totalSteps, "steps", done: log.count)
        let start = ContinuousClock.now
        var tokens = 0
        try run(state: state, every: seconds) { step in
            tokens += step.tokens
            meter.advance(to: step.step, note: Self.note(step))
            try Task.checkCancellation()
        }
        meter.advance(to: log.count, note: log.last.map(Self.note) ?? "")
        let rate = Double(tokens) / max(1e-9, start.duration(to: .now) / .seconds(1))
        meter.end(note: (log.last.map(Self.note) ?? "") + String(format: "  %.0f tokens/s", rate))
    }

    private static func note(_ step: PretrainingStep) -> String {
        let distillation = step.kdLoss.map { String(format: "  kd %.4f", $0) } ?? ""
        let heldOut = step.heldOutLoss.map { String(format: "  held out %.4f", $0) } ?? ""
        return String(format: "loss %.4f  lm %.4f", step.loss, step.lmLoss) + distillation + heldOut
    }
}
