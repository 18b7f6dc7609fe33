import ArgumentParser
import Foundation
import PladEvaluation
import PladRecords

struct RougeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rouge",
        abstract: "Compare texts with references by ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum, and by chrF.",
        discussion: """
            Reads JSON lines {"reference","candidate"} and prints the means of precision, recall and F with their 95 % \
            intervals; with --json a line {"id","rouge1","rouge2","rouge_l","rouge_lsum","chrf"} for each line read, each ROUGE \
            {"precision","recall","f"}. ROUGE's numbers are those of the Python package rouge_score 0.1.2: words are the runs of \
            a-z and 0-9 in the lower-cased text, so other scripts have none. chrF reads every script: the numbers are a \
            hundredth of sacrebleu's, of all pairs together as a corpus, with --json of each.
            """)

    @Option(help: ArgumentHelp("The file of JSON lines, or - for standard input.", valueName: "file"))
    var input = "-"

    @Flag(help: "Compare words of more than three letters by their Porter stem.")
    var stem = false

    @Flag(help: "Print every line's scores as JSON, rather than their means.")
    var json = false

    @Option(help: "The seed of the intervals' resampling.")
    var seed: UInt64 = 0

    func run() throws {
        if json { try GivenFlags().refuse(["seed"], with: "--json", "it prints every line's scores, which have no intervals") }
        let (data, name) = try Input.read(input)
        let pairs = try JSONLines.parse(TextPair.self, data, name: name, isWritten: true)
        try Input.refuseEmpty(pairs, of: name, give: "lines of {\"reference\", \"candidate\"}")
        let note = SimilarityMetric.rougeNote(reads: Rouge.readableShare(of: pairs.map(\.reference)))
        let scores = pairs.map { Rouge.score(reference: $0.reference, candidate: $0.candidate, stemming: stem) }
        let chrF = pairs.map { ChrF(reference: $0.reference, candidate: $0.candidate) }
        if json {
            for (index, (pair, score)) in zip(pairs, zip(scores, chrF)).enumerated() {
                try Console.result(line: ScoredPairLine(pair.id ?? "line-\(index + 1)", score.0, score.1.score))
            }
            if let note { Console.say(note) }
        } else {
            let bootstrap = Bootstrap(seed: seed)
            Console.result(table(RougeSummary(of: scores, bootstrap: bootstrap), bootstrap.estimate(of: chrF), count: scores.count))
            if let note { Console.result(note) }
        }
    }

    private func table(_ summary: RougeSummary, _ chrF: Estimate, count: Int) -> String {
        func row(_ cells: [String]) -> String {
            let padded = cells.map { $0.padding(toLength: max(24, $0.count), withPad: " ", startingAt: 0) }
            return padded.joined().trimmingCharacters(in: .whitespaces)
        }
        func cell(_ estimate: Estimate) -> String {
            String(format: "%.4f [%.4f %.4f]", estimate.mean, estimate.low, estimate.high)
        }
        let head = "measure   " + row(["precision", "recall", "F"])
        let rows = summary.rows.map { measure in
            measure.name.padding(toLength: 10, withPad: " ", startingAt: 0) + row([measure.precision, measure.recall, measure.f].map(cell))
        }
        let last = "chrF      " + row(["-", "-", cell(chrF)])
        let note = "means (chrF: corpus) of \(count) pair\(count == 1 ? "" : "s")\(stem ? ", stemmed" : ""), with 95 % intervals"
        return ([head] + rows + [last, "", note]).joined(separator: "\n")
    }
}

private struct TextPair: Decodable {
    /// Id of the line; `line-N` by its number if absent.
    var id: String?
    var reference: String
    var candidate: String

    private enum CodingKeys: CodingKey { case id, reference, candidate }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decodeID(forKey: .id)
        reference = try container.decode(String.self, forKey: .reference)
        candidate = try container.decode(String.self, forKey: .candidate)
    }
}

/// A line of output of `plad rouge --json`.
private struct ScoredPairLine: Encodable {
    struct Score: Encodable {
        var precision: Double
        var recall: Double
        var f: Double

        init(_ score: RougeScore) {
            (precision, recall, f) = (score.precision, score.recall, score.f)
        }
    }

    var id: String
    var rouge1: Score
    var rouge2: Score
    var rougeL: Score
    var rougeLsum: Score
    var chrF: Double

    init(_ id: String, _ rouge: Rouge, _ chrF: Double) {
        self.id = id
        (rouge1, rouge2) = (Score(rouge.rouge1), Score(rouge.rouge2))
        self.chrF = chrF
        (rougeL, rougeLsum) = (Score(rouge.rougeL), Score(rouge.rougeLsum))
    }
}
