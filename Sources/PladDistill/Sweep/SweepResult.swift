import Foundation
import PladEvaluation
import PladRecords
import PladReport

/// The result of a sweep: each student's measures over the seeds, and their differences from one student, seed by seed.
public struct SweepResult: Sendable {
    /// A line of `sweep.jsonl`.
    package struct Row: Encodable, Sendable {
        var student: String
        var seeds: [UInt64]
        /// Seeds whose ranking collapsed and was rolled back, so that an earlier student was measured.
        var rolledBack: [UInt64]
        /// Measures by the key of `SweepMeasure`.
        var measures: [String: SeedSpread]
        var against: String
        /// Differences of this student from `against` with the same seed.
        var differences: [String: SeedSpread]
    }

    package let rows: [Row]
    private let against: String

    /// A student of a sweep, with its measures for each seed.
    struct Student {
        var name: String
        var runs: [[SweepMeasure: Double]] = []
        var rolledBack: [UInt64] = []
    }

    /// - Parameter students: students in the order of the rows.
    init(_ students: [Student], seeds: [UInt64], against: String) {
        self.against = against
        let baseline = students.first { $0.name == against }?.runs ?? []
        rows = students.map { student in
            let differences = zip(student.runs, baseline).map { run, other in
                run.reduce(into: [:]) { found, measure in found[measure.key] = other[measure.key].map { measure.value - $0 } }
            }
            return Row(
                student: student.name, seeds: seeds, rolledBack: student.rolledBack, measures: Self.spreads(student.runs), against: against,
                differences: student.name == against ? [:] : Self.spreads(differences))
        }
    }

    /// The measures that all the runs have, over the seeds.
    private static func spreads(_ runs: [[SweepMeasure: Double]]) -> [String: SeedSpread] {
        SweepMeasure.allCases.reduce(into: [:]) { spreads, measure in
            let values = runs.compactMap { $0[measure] }
            if !values.isEmpty, values.count == runs.count { spreads[measure.key] = SeedSpread(values) }
        }
    }

    /// Table for a terminal of 100 columns.
    public var table: String {
        let seeds = rows.first?.seeds.count ?? 0
        let isAlone = seeds == 1
        let over = isAlone ? "one seed, which has no interval: give several by `seeds`" : "mean ± standard deviation over \(seeds) seeds"
        var lines = [over, ""]
        lines += block(rows) { $0.measures[$1].map { Self.cell("%.4f", $0.mean, $0.deviation) } }
        if rows.contains(where: { !$0.differences.isEmpty }) {
            lines += ["", "minus \(against)" + (isAlone ? "" : ", seed by seed; ± half the 95 % interval (Student's t)"), ""]
            lines += block(rows.filter { $0.student != against }) { $0.differences[$1].map { Self.cell("%+.4f", $0.mean, $0.halfWidth) } }
        }
        let collapsed = rows.filter { !$0.rolledBack.isEmpty }.map { row in
            "\(row.student): ranking collapsed and was rolled back with seed \(row.rolledBack.map(String.init).joined(separator: ", "))"
        }
        let legend = measures.map { $0.heading.padding(toLength: 17, withPad: " ", startingAt: 0) + $0.meaning }
        return (lines + (collapsed.isEmpty ? [] : [""] + collapsed) + [""] + legend).joined(separator: "\n")
    }

    /// Measures that any student has.
    private var measures: [SweepMeasure] {
        SweepMeasure.allCases.filter { measure in rows.contains { $0.measures[measure.key] != nil } }
    }

    /// The lines of a table with a row for each student and a column for each measure.
    private func block(_ rows: [Row], _ cell: (Row, String) -> String?) -> [String] {
        TextTable.lines(
            [TextTable.Column("student", rows.map(\.student))],
            measures.map { measure in TextTable.Column(measure.heading, rows.map { cell($0, measure.key) ?? "-" }) })
    }

    private static func cell(_ format: String, _ mean: Double, _ half: Double?) -> String {
        String(format: format, mean) + " ±" + (half.map { String(format: "%.4f", $0) } ?? "-")
    }
}
