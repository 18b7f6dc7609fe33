import Foundation
import PladRecords
import PladReport

/// Writes report.html from the run's records alone.
package struct ReportStage {
    let run: Run

    package init(run: Run) { self.run = run }

    package func callAsFunction() throws {
        try Data(ReportPage.html(try RunReport(run: run).input()).utf8).write(atomicallyTo: run.folder.report)
    }
}

extension Run {
    /// Origin of the ranked student after a rollback, with the reason; nil without one.
    package var rollback: String? {
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
