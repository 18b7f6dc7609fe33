import Foundation
import PladRecords
import PladStudent
import PladTensor
import Testing

/// What must not depend on how the work is laid out. Sums in another order differ by float32 rounding, a few 1e-6 of the values.
@Suite struct EngineEquivalenceTests {
    /// Trees of many shapes: single-token prompts and continuations, several continuations, equal tokens.
    private func trees(_ golden: Golden) -> [PromptTree] {
        let pairs = golden.pairs
        return golden.trees + [
            PromptTree(prompt: [pairs[0].promptIds[0]], continuations: [pairs[1].chosenIds, [5], pairs[2].rejectedIds, [5, 5, 5]]),
            PromptTree(prompt: pairs[3].promptIds + pairs[2].promptIds + pairs[1].promptIds, continuations: [[7]]),
            PromptTree(prompt: pairs[1].promptIds, continuations: [pairs[1].promptIds + pairs[0].promptIds]),
        ]
    }

    private func weights(_ trees: [PromptTree]) -> [[Float]] {
        trees.enumerated().map { tree, value in value.continuations.indices.map { 0.3 * Float($0 + 1) - 0.2 * Float(tree) - 0.05 } }
    }

    private func gradients(_ student: Student, _ batches: [([PromptTree], [[Float]])]) throws -> [Float] {
        let pass = GradientPass(student: student, gradients: Weights(like: student.weights))
        for (trees, weights) in batches {
            _ = try pass.forward(trees)
            try pass.backward(weights)
        }
        return Array(pass.gradients.buffer.values)
    }

    /// The greatest difference over the greatest value.
    private func relative(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / b.reduce(0) { max($0, abs($1)) }
    }

    @Test(arguments: Golden.names)
    func packedEqualsOneByOne(_ name: String) throws {
        let student = try Golden.student(name)
        let trees = trees(try Golden.load(name))
        let weights = weights(trees)
        let packed = try student.logProbabilities(of: trees)
        #expect(distance(try trees.map { try student.logProbabilities(of: [$0])[0] }, packed) < Golden.tolerance(name))
        let whole = try gradients(student, [(trees, weights)])
        #expect(relative(try gradients(student, zip(trees, weights).map { ([$0], [$1]) }), whole) < 1e-5)
    }

    @Test(arguments: Golden.names)
    func sharedPromptsEqualSeparateOnes(_ name: String) throws {
        let student = try Golden.student(name)
        let trees = trees(try Golden.load(name))
        let separate = trees.flatMap { tree in tree.continuations.map { PromptTree(prompt: tree.prompt, continuations: [$0]) } }
        let apart = try student.logProbabilities(of: separate).map { $0[0] }
        #expect(distance([apart], [try student.logProbabilities(of: trees).flatMap { $0 }]) < Golden.tolerance(name))
        let weights = weights(trees)
        let whole = try gradients(student, [(trees, weights)])
        #expect(relative(try gradients(student, [(separate, weights.flatMap { $0.map { [$0] } })]), whole) < 1e-5)
    }

    @Test(arguments: Golden.names)
    func keepingForBackwardChangesNothing(_ name: String) throws {
        let student = try Golden.student(name)
        let trees = trees(try Golden.load(name))
        let pass = GradientPass(student: student, gradients: Weights(like: student.weights))
        #expect(try pass.forward(trees) == student.logProbabilities(of: trees))
    }

    @Test(arguments: Golden.names)
    func zeroWeightsLeaveOutTheirContinuations(_ name: String) throws {
        let student = try Golden.student(name)
        let trees = trees(try Golden.load(name))
        var weights = weights(trees)
        weights[1] = [0, 0]
        weights[2][0] = 0
        weights[4] = [0, 0.5, 0, -0.25]
        let skipped = try gradients(student, [(trees, weights)])
        var kept: [([PromptTree], [[Float]])] = []
        for (tree, weights) in zip(trees, weights) {
            for (tokens, weight) in zip(tree.continuations, weights) where weight != 0 {
                kept.append(([PromptTree(prompt: tree.prompt, continuations: [tokens])], [[weight]]))
            }
        }
        #expect(relative(try gradients(student, kept), skipped) < 1e-5)
        // The smallest number stands for zero where nothing is skipped.
        let tiny = weights.map { $0.map { $0 == 0 ? 1e-30 : $0 } }
        #expect(relative(try gradients(student, [(trees, tiny)]), skipped) < 1e-5)
        let nothing = try gradients(student, [(trees, trees.map { $0.continuations.map { _ in 0 } })])
        #expect(nothing.allSatisfy { $0 == 0 })
    }

    @Test(arguments: Golden.names)
    func oneThreadEqualsTwo(_ name: String) throws {
        let trees = trees(try Golden.load(name))
        let (one, two) = (try Golden.student(name, threads: 1), try Golden.student(name, threads: 2))
        #expect(distance(try one.logProbabilities(of: trees), try two.logProbabilities(of: trees)) < Golden.tolerance(name))
        #expect(relative(try gradients(one, [(trees, weights(trees))]), try gradients(two, [(trees, weights(trees))])) < 1e-5)
    }

    @Test(arguments: [1, 2, 3])
    func theSameRunGivesTheSameBits(_ threads: Int) throws {
        let trees = trees(try Golden.load("llama-gqa-tied"))
        let runs = try (0..<4).map { _ in
            try gradients(Golden.student("llama-gqa-tied", threads: threads), [(trees, weights(trees))])
        }
        #expect(runs.allSatisfy { $0 == runs[0] })
    }

    @Test(arguments: Golden.names)
    func gradientMatchesFiniteDifferences(_ name: String) throws {
        let student = try Golden.student(name)
        let trees = trees(try Golden.load(name))
        let weights = weights(trees)
        let gradient = try gradients(student, [(trees, weights)])
        func loss() throws -> Double {
            try zip(student.logProbabilities(of: trees), weights).reduce(0) { sum, tree in
                zip(tree.0, tree.1).reduce(sum) { $0 + Double($1.1) * $1.0.reduce(0) { $0 + Double($1) } }
            }
        }
        try student.makeTrainable()
        // Along the gradient of each tensor the slope is its norm: by far the steepest way, so that float32 noise stays small.
        for tensor in student.weights.tensors {
            let values = student.weights.mutableValues(of: tensor)
            let start = Array(values)
            let slope = gradient[tensor.offset..<tensor.offset + tensor.count]
            let norm = slope.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            let step = 2e-2 / norm
            func moved(_ factor: Double) throws -> Double {
                for index in values.indices {
                    values[index] = start[index] + Float(factor / norm * Double(slope[slope.startIndex + index]))
                }
                return try loss()
            }
            let difference = (try moved(step) - moved(-step)) / (2 * step)
            _ = values.update(from: start)
            #expect(abs(difference - norm) / norm < 1e-2, "\(tensor.name): \(difference), gradient's norm \(norm)")
        }
    }

    @Test func whatDoesNotFitIsRefusedByName() throws {
        let student = try Golden.student("llama-gqa-tied")
        let cases: [([PromptTree], String)] = [
            ([PromptTree(prompt: [], continuations: [[1]])], "tree 0: the prompt has no tokens"),
            (
                [PromptTree(prompt: [1], continuations: [[1]]), PromptTree(prompt: [1], continuations: [[1], []])],
                "tree 1: continuation 1 has no tokens"
            ),
            ([PromptTree(prompt: [1, 640], continuations: [[1]])], "tree 0: prompt: token 1: id 640 is outside the vocabulary of 640"),
            ([PromptTree(prompt: [1], continuations: [[-1]])], "continuation 0: token 0: id -1"),
            ([PromptTree(prompt: Array(repeating: 3, count: 200), continuations: [Array(repeating: 4, count: 57)])], "context of 256"),
        ]
        for (trees, message) in cases {
            #expect { try student.logProbabilities(of: trees) } throws: {
                ($0 as? StudentError)?.code == .context && ($0 as? StudentError)?.message.contains(message) == true
            }
        }
        let fits = PromptTree(prompt: Array(repeating: 3, count: 200), continuations: [Array(repeating: 4, count: 56)])
        #expect(try student.logProbabilities(of: [fits])[0][0].count == 56)
        #expect(try student.logProbabilities(of: []).isEmpty)
    }
}
