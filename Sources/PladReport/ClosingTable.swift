package import PladRecords

/// The numbers that matter, for a terminal of 100 columns.
package enum ClosingTable {
    /// A row a student with its 95 % intervals, then what the last student gained over the one before it.
    package static func render(evaluation: Evaluation) -> String {
        let measures = Measure.measured(in: evaluation).filter { $0.isMain && $0.direction != .none }
        guard !measures.isEmpty else { return "nothing was measured: there are no held-out prompts with answers\n" }
        let names = evaluation.students.map { shortened($0.name, to: 14) }
        let first = max(7, names.map(\.count).max() ?? 0) + 2
        var lines = [row("student", measures.map(\.shortName), first)]
        for (student, name) in zip(evaluation.students, names) {
            lines.append(row(name, measures.map { cell($0.estimate(student), $0.decimals) }, first))
        }
        if let difference = evaluation.closing { lines += ["", heading(difference)] + gains(difference, measures) }
        lines += ["", note(evaluation)]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ name: String, _ cells: [String], _ first: Int) -> String {
        let text = padded(name, first) + cells.map { padded($0, 21) }.joined()
        return String(text.reversed().drop { $0 == " " }.reversed())
    }

    private static func cell(_ estimate: Estimate?, _ decimals: Int) -> String {
        guard let estimate = estimate?.measured else { return "-" }
        let (mean, low, high) = (estimate.mean, estimate.low, estimate.high)
        return "\(Numbers.plain(mean, decimals)) [\(Numbers.plain(low, decimals)) \(Numbers.plain(high, decimals))]"
    }

    private static func heading(_ difference: StudentDifference) -> String {
        "\(shortened(difference.student, to: 30)) against \(shortened(difference.baseline, to: 30)), prompt by prompt"
    }

    private static func gains(_ difference: StudentDifference, _ measures: [Measure]) -> [String] {
        measures.compactMap { measure in
            guard let estimate = measure.difference(difference), let judgement = measure.judge(difference) else { return nil }
            let numbers = [estimate.mean, estimate.low, estimate.high].map { value in
                Numbers.signed(value, measure.decimals).replacing("−", with: "-")
            }
            let words =
                switch judgement {
                case .better: "better"
                case .worse: "worse"
                case .changed: "different"
                case .unclear: "no clear difference"
                }
            return "  " + padded(measure.shortName, 14) + padded("\(numbers[0]) [\(numbers[1]) \(numbers[2])]", 25) + words
        }
    }

    private static func note(_ evaluation: Evaluation) -> String {
        let prompts = evaluation.students.map(\.rougeL.count).max() ?? 0
        return "95 % bootstrap intervals over \(prompts) held-out prompt\(prompts == 1 ? "" : "s")"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    /// A long name keeps its end, which is where paths differ.
    private static func shortened(_ name: String, to width: Int) -> String {
        let name = name.split(whereSeparator: \.isNewline).joined(separator: " ")
        return name.count <= width ? name : ".." + name.suffix(width - 2)
    }
}

extension Evaluation {
    /// The last student against the one before it: what the last stage was worth.
    var closing: StudentDifference? {
        guard students.count > 1 else { return nil }
        let (student, baseline) = (students[students.count - 1].name, students[students.count - 2].name)
        return differences.first { $0.student == student && $0.baseline == baseline }
    }
}
