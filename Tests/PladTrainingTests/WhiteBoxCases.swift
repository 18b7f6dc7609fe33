import Foundation
import PladRecords
import PladStudent
import PladTraining
import Testing

/// What PyTorch computes of distillation from distributions (Tests/Fixtures/whitebox/make.py).
struct WhiteBoxCases: Decodable {
    /// One position over a small vocabulary.
    struct Loss: Decodable, CustomTestStringConvertible, Sendable {
        var loss: String
        var tau, studentTau: Double
        var ids: [Int]
        var logProbabilities: [Double]
        /// Logits of the student, of all tokens, and the gradient by them.
        var logits, gradient: [Double]
        var value: Double

        var testDescription: String { "\(loss) of \(ids.count) tokens at \(tau) and \(studentTau)" }
    }

    /// What transformers keeps of a model's distributions.
    struct Truncated: Decodable, CustomTestStringConvertible, Sendable {
        var model: String
        var texts: [[TokenID]]
        var topP: Double
        var topK: Int
        /// By position, the likeliest first.
        var ids: [[TokenID]]
        var logProbabilities: [[Float]]
        var rest: [Float]

        var testDescription: String { "\(model), top-p \(topP), top-k \(topK)" }
    }

    /// A step of pre-training distillation.
    struct Step: Decodable, CustomTestStringConvertible, Sendable {
        var model, loss: String
        var alpha, tau, studentTau, scale: Double
        var texts: [[TokenID]]
        var ids: [[TokenID]]
        var logProbabilities: [[Float]]
        var value, likelihood, distance: Double
        /// By name, the norm and the product with `WhiteBoxCases.pattern`.
        var gradients, parameters: [String: [Double]]

        var testDescription: String { "\(model), \(loss), tau \(tau) and \(studentTau)" }
        var encoded: [EncodedText] { WhiteBoxCases.plain(texts) }
    }

    /// A step of DPKD as the paper has it.
    struct DPKD: Decodable, CustomTestStringConvertible, Sendable {
        var model: String
        var beta, textLambda: Double
        var texts, prompts, chosen, rejected: [[TokenID]]
        /// The teacher's summed log-probabilities of both sides.
        var references: [[Double]]
        var textLoss, value: Double
        var gradients, parameters: [String: [Double]]

        var testDescription: String { "\(model), beta \(beta)" }
    }

    /// A step of DPKD as its released code has it.
    struct DPKDTokens: Decodable, CustomTestStringConvertible, Sendable {
        var model: String
        var beta, ratio, textLambda: Double
        var texts, prompts, chosen: [[TokenID]]
        /// The likeliest token of the teacher, and of the student where it is another, with the teacher's log-probabilities.
        var ids: [[TokenID]]
        var logProbabilities: [[Float]]
        var textIds: [[TokenID]]
        var textLogProbabilities: [[Float]]
        var textLoss, value: Double
        var gradients, parameters: [String: [Double]]

        var testDescription: String { "\(model), beta \(beta)" }
        var encoded: [EncodedText] {
            zip(prompts, chosen).enumerated().map { EncodedText(id: "pair-\($0)", prompt: $1.0, completion: $1.1) }
        }
    }

    var losses: [Loss]
    var truncations: [Truncated]
    var steps: [Step]
    var dpkd: [DPKD]
    var dpkdTokens: [DPKDTokens]

    /// Plain texts by their ids.
    static func plain(_ texts: [[TokenID]]) -> [EncodedText] { texts.enumerated().map { EncodedText(id: "text-\($0)", ids: $1) } }

    static let all: WhiteBoxCases = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/whitebox/white-box.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try! decoder.decode(WhiteBoxCases.self, from: Data(contentsOf: file))
    }()

    /// The norm of a tensor, and its product with numbers by which it is told from another of the same norm: cos(i + 1), for a matrix as
    /// the file has it times sin(j + 1).
    static func measured(_ tensor: TensorLayout, _ values: UnsafeBufferPointer<Float>) -> [Double] {
        let columns = tensor.shape.count > 1 ? tensor.shape[1] : 1
        var (squares, product) = (0.0, 0.0)
        for (index, value) in values.enumerated() {
            let (row, column) = tensor.isTransposedInFile ? (index % columns, index / columns) : (index / columns, index % columns)
            squares += Double(value) * Double(value)
            product += Double(value) * cos(Double(row + 1)) * (tensor.shape.count > 1 ? sin(Double(column + 1)) : 1)
        }
        return [squares.squareRoot(), product]
    }

    /// Expects that a tensor's measures are PyTorch's, within a share of its norm.
    static func expect(_ weights: Weights, equal reference: [String: [Double]], within tolerance: Double) throws {
        for tensor in weights.tensors {
            let expected = try #require(reference[tensor.name], "\(tensor.name) is not in the reference")
            let found = measured(tensor, weights.values(of: tensor))
            #expect(abs(found[0] - expected[0]) < tolerance * expected[0], "norm of \(tensor.name): \(found[0]), \(expected[0])")
            #expect(abs(found[1] - expected[1]) < tolerance * expected[0], "pattern of \(tensor.name): \(found[1]), \(expected[1])")
        }
    }
}

/// Distributions that stand in a test, by text.
struct GivenKnowledge: TeacherKnowledge {
    var identity = "given"
    let mostTokens = 50
    private var known: [Digest: TokenDistributions] = [:]

    init(_ texts: [EncodedText], ids: [[TokenID]], logProbabilities: [[Float]]) {
        var position = 0
        for text in texts {
            var distributions = TokenDistributions()
            for _ in 0..<text.positions {
                let rest = 1 - logProbabilities[position].reduce(0) { $0 + exp($1) }
                distributions.append(ids: ids[position], logProbabilities: logProbabilities[position], restMass: max(0, rest))
                position += 1
            }
            known[text.key] = distributions
        }
    }

    func distributions(of texts: [EncodedText]) throws -> TokenDistributions {
        texts.reduce(into: TokenDistributions()) { $0 += known[$1.key]! }
    }
}
