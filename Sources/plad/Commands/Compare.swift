import ArgumentParser
import Foundation
import PladDistill
import PladRecords
import PladReport

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the held-out measures of several runs side by side, with their mean.",
        discussion: """
            For runs that differ in their seed, or in one setting. Each row is one student of one run, measured on that run's \
            own held-out prompts; plad evaluate --compare puts students on the same prompts, and compares them one by one.
            """)

    @Argument(help: ArgumentHelp("The runs' folders.", valueName: "run"))
    var runs: [String]

    @Flag(help: "Print the evaluations as JSON lines.")
    var json = false

    func run() throws {
        let evaluations = try runs.map { path in
            let folder = RunFolder(path)
            try folder.require(folder.evaluation, madeBy: "evaluate")
            guard let evaluation = try JSONLines.read(Evaluation.self, from: folder.evaluation).first else {
                throw RecordError(.malformed, "\(folder.evaluation.path) is empty; remove it and run plad evaluate --run \(path)")
            }
            return (path, evaluation)
        }
        if json { return try evaluations.forEach { try Console.result(line: NamedEvaluation(run: $0.0, evaluation: $0.1)) } }
        Console.result(Self.table(evaluations.map { (URL(fileURLWithPath: $0.0).lastPathComponent, $0.1) }))
    }

    private static let measures: [(heading: String, mean: @Sendable (StudentEvaluation) -> Double?)] = [
        ("ROUGE-L", { $0.rougeL.mean }), ("chrF", { $0.chrF?.mean }), ("facts kept", { $0.factsKept?.mean }),
        ("nats/token", { $0.teacherNegativeLogLikelihood.mean }), ("ranked right", { $0.rankAccuracy.mean }),
    ]

    private static func table(_ evaluations: [(run: String, evaluation: Evaluation)]) -> String {
        var names: (student: [String], run: [String]) = ([], [])
        var cells = measures.map { _ in [String]() }
        for name in evaluations[0].evaluation.students.map(\.name) {
            let students = evaluations.compactMap { run, evaluation in
                evaluation.students.first { $0.name == name }.map { (run: run, student: $0) }
            }
            names.student += Array(repeating: name, count: students.count + (students.count > 1 ? 1 : 0))
            names.run += students.map(\.run) + (students.count > 1 ? ["mean of \(students.count)"] : [])
            for (index, measure) in measures.enumerated() {
                let values = students.map { measure.mean($0.student) }
                cells[index] += values.map { $0.map { String(format: "%.4f", $0) } ?? "-" }
                if students.count > 1 { cells[index].append(spread(values.compactMap { $0 }, of: students.count)) }
            }
        }
        let columns = zip(measures, cells).map { TextTable.Column($0.heading, $1) }
        let deviations = evaluations.count > 1 ? ["± standard deviation over the runs"] : []
        let notes =
            deviations
            + evaluations.flatMap { run, evaluation in
                [evaluation.rollback.map { "\(run): ranked is \($0)" }, evaluation.rougeNote.map { "\(run): \($0)" }].compactMap { $0 }
            }
        let lines = TextTable.lines([TextTable.Column("student", names.student), TextTable.Column("run", names.run)], columns)
        return (lines + (notes.isEmpty ? [] : [""] + notes)).joined(separator: "\n")
    }

    /// The text of mean ± standard deviation over runs (n − 1); empty if some runs lack a value, since such a mean is not comparable.
    private static func spread(_ values: [Double], of runs: Int) -> String {
        guard values.count == runs else { return "-" }
        let mean = values.reduce(0, +) / Double(values.count)
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
        return String(format: "%.4f ±%.4f", mean, deviation)
    }
}

private struct NamedEvaluation: Encodable {
    var run: String
    var evaluation: Evaluation
}
