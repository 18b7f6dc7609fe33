import Foundation
import PladRecords
import PladReport

/// Writes report.html from the run's records alone.
struct ReportStage {
    let run: Run

    func callAsFunction() throws {
        try Data(ReportPage.html(try RunReport(run: run).input()).utf8).write(atomicallyTo: run.folder.report)
    }
}

extension Run {
    /// Ends a run for the person who began it: the closing table, or the evaluation as JSON, and where the rest is.
    func conclude(_ evaluation: Evaluation?, json: Bool) throws {
        if let evaluation {
            if json { try Console.result(line: evaluation) } else { Console.result(ClosingTable.render(evaluation: evaluation)) }
        }
        // A table says it itself.
        if evaluation == nil || json, let rollback = try rollback { Console.say("ranked     is \(rollback)") }
        if Files.exists(folder.student) { Console.say("student    \(folder.student.path)") }
        if Files.exists(folder.report) { Console.say("report     \(folder.report.path)") }
    }
}

extension Run {
    /// What the ranked student is where its ranking collapsed and was rolled back, and why; nil where it was not.
    var rollback: String? {
        get throws {
            guard Files.exists(folder.log), let last = try JSONLines.read(TrainingStep.self, from: folder.log).last, last.collapse != nil
            else { return nil }
            let student =
                switch last.keptStep {
                case nil: "an earlier student"
                case 0: last.phase == "round-1" ? "the warm-up student" : "the student before \(last.phase)"
                case let step?: "the student after step \(step) of \(last.phase)"
                }
            return "\(student): ranking collapsed at step \(last.step) and was rolled back"
        }
    }
}
