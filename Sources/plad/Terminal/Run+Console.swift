import FoundationEssentials
import PladDistill
import PladRecords
import PladReport

extension Run {
    /// The run in a folder, shown on the terminal.
    init(in path: String) throws { try self.init(in: path, observer: ConsoleObserver()) }

    /// Ends a run for the person who began it: the closing table, or the evaluation as JSON, and where the rest is.
    func conclude(_ evaluation: Evaluation?, json: Bool) throws {
        if let evaluation {
            if json { try Console.result(line: evaluation) } else { Console.result(ClosingTable.render(evaluation: evaluation)) }
        }
        // A table says it itself.
        if evaluation == nil || json, let rollback = try rollback { Console.stage("ranked", "is \(rollback)") }
        if Files.exists(folder.student) { Console.stage("student", folder.student.path) }
        if Files.exists(folder.report) { Console.stage("report", folder.report.path) }
    }
}
