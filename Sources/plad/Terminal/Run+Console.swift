import FoundationEssentials
import PladDistill
import PladRecords
import PladReport

extension Run {
    /// Opens the run in a folder, with its progress on the terminal.
    init(in path: String) throws { try self.init(in: path, observer: ConsoleObserver()) }

    /// Prints the result of a run: the closing table, or the evaluation as JSON, and the path of the rest.
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
