package import Foundation
import PladRecords
import PladStudent
package import PladTraining

/// One phase of training in a run: trains, saves the student, then adds the phase to log.jsonl.
///
/// The saved folder marks the phase as complete, so it is written last. A low-rank adapter is saved beside it and merged into it: later
/// stages read whole students.
struct TrainingPhase {
    let run: Run
    /// Name of the phase: `warm-up`, `round-1`, …
    let name: String
    let loss: any Loss
    let settings: TrainingSettings

    func train(_ student: Student, on pairs: [EncodedGroup], heldOut: HeldOutLoss? = nil) throws {
        let folder = run.folder
        let trainer = try Trainer(student: student, pairs: pairs, loss: loss, settings: settings, phase: name)
        trainer.heldOut = heldOut
        let state = folder.trainingState(name)
        let live = folder.liveLog
        try trainer.run(state: state, every: run.settings.run.checkpointSeconds, live: live, observer: run.observer)
        let others = Files.exists(folder.log) ? try JSONLines.read(TrainingStep.self, from: folder.log).filter { $0.phase != name } : []
        try JSONLines.write(others + trainer.log, to: folder.log)
        try? FileManager.default.removeItem(at: live)
        if student.adapter != nil { try student.saveAdapter(to: folder.checkpoint(name + "-adapter")) }
        try student.save(to: folder.checkpoint(name), as: .f32)
        try folder.seal(folder.checkpoint(name))
        try? FileManager.default.removeItem(at: state)
    }
}

extension Trainer {
    /// Trains to the end, and reports every step to an observer; a cancelled task saves the state first.
    ///
    /// - Parameter live: file of the steps so far, for a live report.
    package func run(state: URL, every seconds: Double, live: URL? = nil, observer: any RunObserver) throws {
        let restored = try restore(from: state)
        if restored { observer.notice(phase, "going on from step \(log.count) of \(totalSteps)") }
        var meter = WorkMeter(observer, phase, of: totalSteps, "steps", done: log.count)
        let liveLog = try live.map { try LiveLog($0, phase: phase, total: totalSteps, done: log) }
        try run(state: state, every: seconds) { step in
            try liveLog?.append(step)
            let heldOut = step.heldOutLoss.map { String(format: "  held out %.4f", $0) } ?? ""
            let accuracy = step.accuracy.map { String(format: "  ranked right %.0f %%", $0 * 100) } ?? ""
            meter.advance(to: step.step, note: String(format: "loss %.4f", step.loss) + heldOut + accuracy)
            try Task.checkCancellation()
        }
        meter.advance(to: log.count)
        meter.end(note: collapse != nil ? "collapsed" : log.last.map { String(format: "loss %.4f", $0.loss) } ?? "")
        if let collapse { observer.notice(phase, String(collapse.trimmingPrefix("\(phase), "))) }
    }
}
