import Foundation
import PladStudent
import Testing

/// A reference case that PyTorch and transformers computed (Tests/Fixtures/goldens/make.py).
struct Golden: Decodable {
    struct Pair: Decodable {
        var prompt_ids: [Int32]
        var chosen_ids: [Int32]
        var rejected_ids: [Int32]
        var chosen_logprobs: [Float]
        var rejected_logprobs: [Float]

        var tree: PromptTree { PromptTree(prompt: prompt_ids, continuations: [chosen_ids, rejected_ids]) }
    }
    struct Step: Decodable {
        var beta: Double
        var swapped: Bool
        var per_pair: [Double]
        var loss: Double
        var grad_norms: [String: Double]
        var grad_norm_total: Double
        var param_norms_after_adamw: [String: Double]
    }
    struct Greedy: Decodable {
        var prompt_ids: [Int32]
        var new_ids: [Int32]
        var top2_gaps: [Double]
    }
    var pairs: [Pair]
    var rank_step: Step
    var greedy: [Greedy]

    var trees: [PromptTree] { pairs.map(\.tree) }

    static let names = ["llama-gqa-tied", "llama-untied-sp", "llama3-ropescaled"]

    static func folder(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/goldens/\(name)")
    }

    static func load(_ name: String) throws -> Golden {
        try JSONDecoder().decode(Golden.self, from: Data(contentsOf: folder(name).appendingPathComponent("golden.json")))
    }

    static func student(_ name: String, threads: Int = 2) throws -> Student {
        try Student(folder: folder(name), threads: threads)
    }
}

/// The greatest distance between two results of the same shape.
func distance(_ a: [[[Float]]], _ b: [[[Float]]]) -> Float {
    let (a, b) = (a.flatMap { $0.flatMap { $0 } }, b.flatMap { $0.flatMap { $0 } })
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { $1.0.isNaN || $1.1.isNaN ? .infinity : max($0, abs($1.0 - $1.1)) }
}

func relativeError(_ value: Double, _ expected: Double) -> Double {
    abs(value - expected) / max(abs(expected), 1e-12)
}
