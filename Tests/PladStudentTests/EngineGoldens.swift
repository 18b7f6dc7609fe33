import Foundation
import PladStudent
import Testing

/// A reference case that PyTorch and transformers computed (make.py and make_more.py in Tests/Fixtures/goldens).
struct Golden: Decodable {
    struct Pair: Decodable {
        var promptIds: [Int32]
        var chosenIds: [Int32]
        var rejectedIds: [Int32]
        var chosenLogprobs: [Float]
        var rejectedLogprobs: [Float]

        var tree: PromptTree { PromptTree(prompt: promptIds, continuations: [chosenIds, rejectedIds]) }
    }
    struct Step: Decodable {
        var beta: Double
        var swapped: Bool
        var perPair: [Double]
        var loss: Double
        var gradNorms: [String: Double]
        var gradNormTotal: Double
        var paramNormsAfterAdamw: [String: Double]
    }
    struct Greedy: Decodable {
        var promptIds: [Int32]
        var newIds: [Int32]
        var top2Gaps: [Double]
    }
    var pairs: [Pair]
    var rankStep: Step
    var greedy: [Greedy]

    var trees: [PromptTree] { pairs.map(\.tree) }

    static let names = [
        "llama-gqa-tied", "llama-untied-sp", "llama3-ropescaled", "qwen2", "qwen3", "gpt2", "gpt-neo", "t5-relu", "t5-gated",
        "mistral-window", "qwen2-window", "llama-biases", "gemma2", "gemma3", "smollm3", "olmo2", "granite", "phi3", "falcon3",
        "qwen3-yarn", "llama-dynamic",
    ]

    /// How far float32 implementations of a case may lie apart in log-probabilities, nats: t5-gated's grow to 400 a completion.
    static func tolerance(_ name: String) -> Float { name == "t5-gated" ? 5e-5 : 1e-5 }

    /// Tests/Fixtures
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    /// The committed cases, or fresh ones in the folder that PLAD_GOLDENS names.
    static func folder(_ name: String) -> URL {
        let fresh = ProcessInfo.processInfo.environment["PLAD_GOLDENS"].map { URL(fileURLWithPath: $0) }
        return (fresh ?? fixtures.appendingPathComponent("goldens")).appendingPathComponent(name)
    }

    static func load(_ name: String) throws -> Golden {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Golden.self, from: Data(contentsOf: folder(name).appendingPathComponent("golden.json")))
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
