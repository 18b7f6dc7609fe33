import ArgumentParser
import Foundation
import PladDistill
import PladEvaluation
import PladRecords
import PladStudent
import PladTraining

struct Score: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the log-probabilities that a student gives to completions, and their quality.",
        discussion: """
            Reads JSON lines {"prompt_ids","completion_ids"}, used exactly as given, or {"prompt","completion"}, where \
            the completion is text that directly follows the prompt and is ended by the end-of-sequence token. Prints for \
            each {"id","log_probabilities","log_probability","prompt_ids","completion_ids"}: natural logarithms, token by token, and their sum; \
            with --quality also {"quality"}, for which a line may have {"facts"}, {"answer"} and {"teacher"}, a list of texts.
            """)

    @Option(help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var student: String?

    @Option(help: ArgumentHelp("The file of JSON lines, or - for standard input.", valueName: "file"))
    var input = "-"

    @Option(
        help: """
            The quality to print beside the log-probabilities: facts, answer, json, likeness (to "teacher"), agreement (of the lines of \
            one prompt), command, or critic. By default none.
            """)
    var quality: QualityKind?

    @Option(help: ArgumentHelp("The program of --quality command.", valueName: "command"))
    var qualityCommand: String?

    @Option(help: ArgumentHelp("The folder of --quality critic: checkpoints/critic-N of a run.", valueName: "dir"))
    var critic: String?

    @Option(help: "The number of processor threads. By default all.")
    var threads: Int?

    /// Number of lines that are scored together.
    private static let batchSize = 64

    func validate() throws {
        func require(_ kind: QualityKind, _ value: String?, _ flag: String) throws {
            if quality == kind, value == nil { throw ValidationError("--quality \(kind.rawValue) needs \(flag)") }
            if quality != kind, value != nil { throw ValidationError("\(flag) is given without --quality \(kind.rawValue)") }
        }
        try require(.command, qualityCommand, "--quality-command")
        try require(.critic, critic, "--critic")
        if quality == .judge { throw ValidationError("--quality judge ranks within a run; give another quality, or see plad distill") }
    }

    func run() async throws {
        let (data, name) = try Input.read(input)
        let lines = try JSONLines.parse(ScoreLine.self, data, name: name, isWritten: true)
        let ids = lines.enumerated().map { $1.id ?? "line-\($0 + 1)" }
        let model = try Student(location: student, threads: threads)
        try Input.refuseEmpty(lines, of: name, give: "lines of {\"prompt\", \"completion\"}")
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
        let qualities = try await qualities(of: lines, ids, name)
        for start in stride(from: 0, to: trees.count, by: Self.batchSize) {
            try Interruption.check()
            let batch = Array(trees[start..<min(start + Self.batchSize, trees.count)])
            for (index, (tree, scores)) in zip(batch, try model.logProbabilities(of: batch)).enumerated() {
                try Console.result(
                    line: ScoreLine(
                        id: ids[start + index], promptIDs: tree.prompt, completionIDs: tree.continuations[0], scores: scores[0],
                        quality: qualities[start + index]))
            }
        }
    }

    /// Qualities of the lines, nil where none is asked for or known. Completions of one prompt are scored together.
    private func qualities(of lines: [ScoreLine], _ ids: [String], _ name: String) async throws -> [Double?] {
        var result = [Double?](repeating: nil, count: lines.count)
        guard let quality = try knownQuality else { return result }
        for (index, line) in lines.enumerated() where line.prompt == nil || line.completion == nil {
            throw RecordError(
                .malformed, "\(name): line \(index + 1) has no \"prompt\" or no \"completion\"; --quality needs both as text")
        }
        for (_, group) in Dictionary(grouping: lines.indices, by: { lines[$0].prompt ?? "" }).sorted(by: { $0.value[0] < $1.value[0] }) {
            try Interruption.check()
            let first = lines[group[0]]
            let prompt = Prompt(id: ids[group[0]], text: first.prompt ?? "", facts: first.facts ?? [], answer: first.answer)
            let candidates = group.map { lines[$0].completion ?? "" }
            guard let scores = try await quality.scores(of: candidates, for: prompt, teacher: first.teacher ?? []) else { continue }
            for (index, score) in zip(group, scores) { result[index] = score }
        }
        return result
    }

    private var knownQuality: (any Quality)? {
        get throws {
            switch quality {
            case .none, .judge: nil
            case .facts: FactsQuality()
            case .answer: AnswerQuality(try FinalAnswer(FinalAnswer.usualPattern))
            case .agreement: AgreementQuality(try FinalAnswer(FinalAnswer.usualPattern))
            case .json: JSONQuality(nil)
            case .likeness: LikenessQuality()
            case .command: CommandQuality(qualityCommand ?? "")
            case .critic: try CriticQuality(folder: URL(fileURLWithPath: critic ?? ""), threads: threads ?? 1)
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
    var facts: [String]?
    var answer: String?
    var teacher: [String]?
    var quality: Double?
    var logProbabilities: [Float]?
    var logProbability: Double?

    init(id: String, promptIDs: [TokenID], completionIDs: [TokenID], scores: [Float], quality: Double?) {
        self.id = id
        self.promptIDs = promptIDs
        self.completionIDs = completionIDs
        self.quality = quality
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
        facts = try container.decodeIfPresent([String].self, forKey: .facts)
        answer = try container.decodeIfPresent(JSONValue.self, forKey: .answer).map { $0.string ?? $0.canonical }
        teacher = try container.decodeIfPresent([String].self, forKey: .teacher)
    }

    private enum CodingKeys: String, CodingKey {
        case id, prompt, completion, facts, answer, teacher, quality, promptIDs, completionIDs, logProbabilities, logProbability
    }
}
