import ArgumentParser
import Foundation
import PladRecords
import PladStudent
import PladTraining

struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the log-probabilities that a student gives to completions.",
        discussion: """
            Reads JSON lines {"prompt_ids","completion_ids"}, used exactly as given, or {"prompt","completion"}, where \
            the completion is text that directly follows the prompt and is ended by the end-of-sequence token. Prints for \
            each {"id","log_probabilities","log_probability","prompt_ids","completion_ids"}: natural logarithms, token by token, and their sum.
            """)

    @Option(help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var student: String?

    @Option(help: ArgumentHelp("The file of JSON lines, or - for standard input.", valueName: "file"))
    var input = "-"

    @Option(help: "The number of processor threads. By default all.")
    var threads: Int?

    /// Number of lines that are scored together.
    private static let batchSize = 64

    func run() throws {
        let (data, name) = try Input.read(input)
        let lines = try JSONLines.parse(ScoreLine.self, data, name: name, isWritten: true)
        let ids = lines.enumerated().map { $1.id ?? "line-\($0 + 1)" }
        let model = try Student(location: student, threads: threads)
        let encoder = PairEncoder(student: model)
        let trees = try lines.enumerated().map { index, line in
            if line.completion == nil, line.completionIDs == nil {
                throw RecordError(
                    .malformed, "\(name): line \(index + 1) has neither \"completion\" nor \"completion_ids\"; give one of them")
            }
            let pair = PreferencePair(
                prompt: line.prompt, chosen: line.completion, promptIDs: line.promptIDs, chosenIDs: line.completionIDs)
            switch try encoder.encode(pair, id: ids[index], ranks: false, stage: .evaluate) {
            case .usable(let encoded): return encoded.tree
            case .dropped(let drop): throw RecordError(.malformed, "\(name): \(drop.id) cannot be scored: \(drop.detail)")
            }
        }
        for start in stride(from: 0, to: trees.count, by: Self.batchSize) {
            try Interruption.check()
            let batch = Array(trees[start..<min(start + Self.batchSize, trees.count)])
            for (index, (tree, scores)) in zip(batch, try model.logProbabilities(of: batch)).enumerated() {
                try Console.result(
                    line: ScoreLine(
                        id: ids[start + index], promptIDs: tree.prompt, completionIDs: tree.continuations[0], scores: scores[0]))
            }
        }
    }
}

/// A line of input and, with the numbers filled in, of output of `plad score`.
private struct ScoreLine: Codable {
    /// Id of the line; `line-N` by its number if absent.
    var id: String?
    var prompt: String?
    var completion: String?
    var promptIDs: [TokenID]?
    var completionIDs: [TokenID]?
    var logProbabilities: [Float]?
    var logProbability: Double?

    init(id: String, promptIDs: [TokenID], completionIDs: [TokenID], scores: [Float]) {
        self.id = id
        self.promptIDs = promptIDs
        self.completionIDs = completionIDs
        logProbabilities = scores
        logProbability = scores.reduce(0) { $0 + Double($1) }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decodeID(forKey: .id)
        prompt = try container.decodeIfPresent(String.self, forKey: .prompt)
        completion = try container.decodeIfPresent(String.self, forKey: .completion)
        promptIDs = try container.decodeIfPresent([TokenID].self, forKey: .promptIDs)
        completionIDs = try container.decodeIfPresent([TokenID].self, forKey: .completionIDs)
    }

    private enum CodingKeys: String, CodingKey {
        case id, prompt, completion, promptIDs, completionIDs, logProbabilities, logProbability
    }
}
