import ArgumentParser
import Foundation
import PladDistill
import PladRecords
import PladStudent
import PladTokenizer
import PladTraining

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a student's family, shape, parameters and tokenizer.")

    @Option(help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var student: String?

    @Flag(help: "Print as JSON, with every tensor's name and shape.")
    var json = false

    @Flag(help: "Print the memory of training in bytes, from config.json only.")
    var plan = false

    @Option(help: "With --plan: the number of pairs in a pass.")
    var pairs = 4

    @Option(help: "With --plan: the tokens of a prompt. By default 256, or as many as the student's context allows.")
    var prompt: Int?

    @Option(help: "With --plan: the tokens of a completion. By default 64, or as many as the student's context allows.")
    var response: Int?

    @Option(help: "The number of processor threads. By default all.")
    var threads: Int?

    @OptionGroup var adapter: AdapterOptions

    func run() throws {
        if plan { return try printPlan() }
        try GivenFlags().check("a student's summary", uses: ["student", "json", "threads"], "it goes with --plan")
        let model = try Student(location: student, threads: threads)
        let shape = model.configuration
        let summary = Summary(
            family: shape.family, parameters: model.parameterCount, layers: shape.layerCount, width: shape.width, heads: shape.headCount,
            keyValueHeads: shape.keyValueHeadCount, headWidth: shape.headWidth, feedForward: shape.feedForwardWidth,
            vocabulary: shape.vocabularySize, tokenizerVocabulary: model.tokenizer.vocabularySize, context: shape.contextLength,
            tiedEmbeddings: shape.tiedEmbeddings, endOfSequence: model.endOfSequence, chatTemplate: model.tokenizer.chatTemplate != nil,
            tensors: model.weights.tensors.map { Summary.Tensor(name: $0.name, shape: $0.shape) })
        if json { return try Console.result(line: summary) }
        let rows: [(String, String)] = [
            ("family", summary.family), ("parameters", String(summary.parameters)), ("layers", String(summary.layers)),
            ("width", String(summary.width)),
            ("heads", "\(summary.heads) over \(summary.keyValueHeads) key/value heads of \(summary.headWidth)"),
            ("feed-forward", String(summary.feedForward)),
            ("vocabulary", "\(summary.vocabulary), \(summary.tokenizerVocabulary) of them in the tokenizer"),
            ("embeddings", summary.tiedEmbeddings ? "tied to the head" : "apart from the head"), ("context", "\(summary.context) tokens"),
            ("ends with", summary.endOfSequence.map { "\($0) \(model.tokenizer.token(of: $0) ?? "?")" }.joined(separator: ", ")),
            ("chat template", summary.chatTemplate ? "yes" : "none"),
        ]
        for (name, value) in rows { Console.result(name.padding(toLength: 14, withPad: " ", startingAt: 0) + value) }
    }
}

extension Inspect {
    private func printPlan() throws {
        for (flag, value) in [("pairs", pairs), ("prompt", prompt ?? 1), ("response", response ?? 1)] where !(1...1 << 16).contains(value) {
            throw UsageError("--\(flag) \(value): give a whole number from 1 to \(1 << 16)")
        }
        let folder = try StudentLocation.resolve(try student.given("student", "a Hugging Face model folder or org/name"))
        let base = try StudentLocation.base(ofAdapter: folder)
        let shape = try StudentShape(folder: base ?? folder, adapter: try adapter.settings.resolved ?? Student.adapter(in: folder))
        let (prompt, response) = lengths(in: shape.configuration)
        let tree = (prompt: prompt, completions: [response, response])
        let plan = MemoryPlan(
            shape, pass: Array(repeating: tree, count: pairs), threads: try threadCount(threads), guarded: true)
        guard shape.configuration.fits(prompt: prompt, completion: response) else {
            throw UsageError(
                "--prompt \(prompt) and --response \(response) exceed the student's context of \(shape.configuration.contextLength) tokens; give less of one"
            )
        }
        let available = MemoryPlan.available()
        if json {
            return try Console.result(
                line: PlanLine(pairs: pairs, prompt: prompt, response: response, plan: plan, total: plan.total, available: available))
        }
        Console.result("for           \(pairs) pairs a pass, prompts of \(prompt) tokens, completions of \(response)")
        Console.result(plan.table)
        guard let available else { return }
        Console.result(
            "free".padding(toLength: 14, withPad: " ", startingAt: 0) + MemoryPlan.text(available)
                + (plan.total > available ? ": this training does not fit" : ""))
    }

    /// Numbers of tokens in prompt and completion: the given ones, otherwise as many as fit.
    private func lengths(in configuration: StudentConfiguration) -> (prompt: Int, response: Int) {
        let context = configuration.contextLength
        if let prompt { return (prompt, response ?? min(64, max(1, configuration.room(prompt: prompt)))) }
        let response = response ?? min(64, max(1, context / 2))
        return (min(256, max(1, configuration.hasEncoder ? context : context - response)), response)
    }
}

private struct PlanLine: Encodable {
    var pairs: Int
    var prompt: Int
    var response: Int
    var plan: MemoryPlan
    var total: Int
    var available: Int?
}

/// The JSON form of a student's summary.
private struct Summary: Encodable {
    struct Tensor: Encodable {
        var name: String
        var shape: [Int]
    }

    var family: String
    var parameters: Int
    var layers: Int
    var width: Int
    var heads: Int
    var keyValueHeads: Int
    var headWidth: Int
    var feedForward: Int
    var vocabulary: Int
    var tokenizerVocabulary: Int
    var context: Int
    var tiedEmbeddings: Bool
    var endOfSequence: [TokenID]
    var chatTemplate: Bool
    var tensors: [Tensor]
}
