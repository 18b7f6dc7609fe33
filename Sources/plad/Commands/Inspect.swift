import ArgumentParser
import Foundation
import PladRecords
import PladStudent

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what a student is: family, shape, parameters, tokenizer.")

    @Option(help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var student: String?

    @Flag(help: "Print as JSON, with every tensor's name and shape.")
    var json = false

    func run() throws {
        let model = try Student(location: student, threads: 1)
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

/// What `plad inspect --json` prints.
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
