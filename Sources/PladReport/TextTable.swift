import PladRecords

/// Formats tables for a terminal of 100 columns.
package enum TextTable {
    package struct Column {
        let heading: String
        let cells: [String]

        package init(_ heading: String, _ cells: [String]) {
            self.heading = heading
            self.cells = cells
        }

        fileprivate var width: Int { 2 + ([heading] + cells).reduce(0) { max($0, $1.count) } }
    }

    private static let width = 100

    /// The lines of a table; columns that do not fit go to a further block below, with `names` again.
    package static func lines(_ names: [Column], _ columns: [Column]) -> [String] {
        let room = width - names.reduce(0) { $0 + $1.width }
        var blocks: [[Column]] = [[]]
        for column in columns {
            // A table's last column has nothing to keep away from.
            let taken = blocks[blocks.count - 1].reduce(0) { $0 + $1.width } + column.width - 2
            if taken > room, blocks.last?.isEmpty == false { blocks.append([]) }
            blocks[blocks.count - 1].append(column)
        }
        return Array(blocks.map { block(names + $0) }.joined(separator: [""]))
    }

    private static func block(_ columns: [Column]) -> [String] {
        let rows = columns.map(\.cells.count).max() ?? 0
        return (-1..<rows).map { row in
            let text = columns.map { column in
                padded(row < 0 ? column.heading : row < column.cells.count ? column.cells[row] : "", column.width)
            }.joined()
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// The sentences as lines of the table's width in ASCII, each starting a line.
    static func wrapped(_ sentences: [String]) -> [String] {
        sentences.flatMap { sentence in
            let plain = [("“", "\""), ("”", "\""), ("’", "'"), ("→", "to")].reduce(sentence) { $0.replacing($1.0, with: $1.1) }
            return plain.split(separator: " ").reduce(into: [""]) { lines, word in
                let last = lines[lines.count - 1]
                if last.isEmpty {
                    lines[lines.count - 1] = String(word)
                } else if last.count + 1 + word.count <= width {
                    lines[lines.count - 1] += " " + word
                } else {
                    lines.append(String(word))
                }
            }
        }
    }

    static func cell(_ estimate: Estimate?, _ decimals: Int) -> String {
        guard let estimate = estimate?.measured else { return "-" }
        let (mean, low, high) = (estimate.mean, estimate.low, estimate.high)
        guard estimate.count > 1 else { return Numbers.plain(mean, decimals) }
        return "\(Numbers.plain(mean, decimals)) [\(Numbers.plain(low, decimals)) \(Numbers.plain(high, decimals))]"
    }

    static func heading(_ difference: StudentDifference) -> String {
        "\(shortened(difference.student, to: 30)) against \(shortened(difference.baseline, to: 30)), prompt by prompt"
    }

    /// One line for each measure: the difference from the baseline and its verdict.
    static func gains(_ difference: StudentDifference, _ measures: [Measure]) -> [String] {
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
                case .unclear: unclear
                }
            let range = estimate.count > 1 ? " [\(numbers[1]) \(numbers[2])]" : ""
            return gain(measure.shortName, numbers[0] + range, words)
        }
    }

    /// The line with a judge's win rate of the student; nil if nothing was judged.
    static func wins(_ judgement: Judgement, _ likeness: SimilarityMetric) -> String? {
        guard let rate = judgement.winRate.measured else { return nil }
        let words = rate.low > 0.5 ? "better" : rate.high < 0.5 ? "worse" : unclear
        return gain("win rate", " " + cell(rate, 3), "\(words) (judge: \(judgement.judgeInWords(likeness, to: 30)))")
    }

    /// The meaning of the columns, a line each.
    static func legend(_ measures: [Measure]) -> [String] {
        measures.map { explanation($0.shortName, $0.meaning.replacing("’", with: "'")) }
    }

    static func explanation(_ name: String, _ meaning: String) -> String { padded(name, 14) + meaning }

    static func note(_ evaluation: Evaluation) -> String {
        let prompts = evaluation.students.map(\.rougeL.count).max() ?? 0
        guard prompts != 1 else { return "one held-out prompt, which has no interval" }
        return "95 % bootstrap intervals over \(prompts) held-out prompts"
    }

    private static let unclear = "no clear difference"

    private static func gain(_ name: String, _ numbers: String, _ words: String) -> String {
        "  " + padded(name, 14) + padded(numbers, 25) + words
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    /// A name shortened at its start, since paths differ at their end.
    static func shortened(_ name: String, to width: Int) -> String {
        let name = name.split(whereSeparator: \.isNewline).joined(separator: " ")
        return name.count <= width ? name : ".." + name.suffix(width - 2)
    }
}

extension Judgement {
    /// The judge's name in words; a long model name is shortened, the kind of judge is not.
    func judgeInWords(_ likeness: SimilarityMetric, to width: Int = .max) -> String {
        switch judge {
        case "metric": return "facts kept, then \(likeness.rawValue)"
        case SimilarityMetric.chrF.rawValue: return "facts kept, then chrF"
        default:
            let kind = "likelihood under "
            guard judge.hasPrefix(kind) else { return TextTable.shortened(judge, to: width) }
            return kind + TextTable.shortened(String(judge.dropFirst(kind.count)), to: max(width, kind.count + 8) - kind.count)
        }
    }
}
