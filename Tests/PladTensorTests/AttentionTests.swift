import Foundation
import PladTensor
import Testing

/// Attention over a tree against a float64 version that knows only which keys each row may see.
@Suite struct AttentionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var prompt: Int
        var branches: [Int]
        var shape: AttentionShape
        var scale: Float = 2
        var testDescription: String { "prompt \(prompt), branches \(branches), \(shape)" }
    }

    static let cases = [
        Case(prompt: 1, branches: [], shape: AttentionShape(heads: 1, keyValueHeads: 1, headWidth: 4)),
        Case(prompt: 5, branches: [3, 0, 7], shape: AttentionShape(heads: 2, keyValueHeads: 1, headWidth: 8)),
        Case(prompt: 70, branches: [40, 1], shape: AttentionShape(heads: 6, keyValueHeads: 2, headWidth: 24)),
        Case(prompt: 33, branches: [61], shape: AttentionShape(heads: 4, keyValueHeads: 4, headWidth: 64)),
        // Scores hundreds of nats apart: rows of a block have no shift in common.
        Case(prompt: 20, branches: [30], shape: AttentionShape(heads: 2, keyValueHeads: 1, headWidth: 16), scale: 40),
        Case(prompt: 37, branches: [20, 3], shape: AttentionShape(heads: 4, keyValueHeads: 2, headWidth: 16, cap: 1.5)),
    ]

    /// Rows that each row sees, itself included.
    private func seen(_ tree: TreeRows) -> [[Int]] {
        let prompt = Array(tree.promptRows) + [tree.lastPromptRow]
        var seen = [[Int]](repeating: [], count: prompt.count + tree.continuationRows.reduce(0) { $0 + $1.count })
        for (index, row) in prompt.enumerated() { seen[row] = Array(prompt[...index]) }
        for branch in tree.continuationRows {
            for row in branch { seen[row] = prompt + Array(branch.lowerBound...row) }
        }
        return seen
    }

    private func tree(_ test: Case) -> TreeRows {
        var next = test.prompt
        let branches = test.branches.map { count in
            defer { next += count }
            return next..<next + count
        }
        return TreeRows(promptRows: 0..<test.prompt - 1, lastPromptRow: test.prompt - 1, continuationRows: branches)
    }

    /// Outputs [T, H·D] in float64.
    private func attention(_ x: [Double], _ seen: [[Int]], _ shape: AttentionShape) -> [Double] {
        let (width, row) = (shape.headWidth, shape.rowWidth)
        var output = [Double](repeating: 0, count: seen.count * shape.heads * width)
        for t in seen.indices {
            for h in 0..<shape.heads {
                let group = h / (shape.heads / shape.keyValueHeads)
                let key = (shape.heads + group) * width
                let value = key + shape.keyValueHeads * width
                let scores = seen[t].map { j in
                    let plain =
                        (0..<width).reduce(0) { $0 + x[t * row + h * width + $1] * x[j * row + key + $1] } / Double(width).squareRoot()
                    return shape.cap.map { Double($0) * tanh(plain / Double($0)) } ?? plain
                }
                let peak = scores.max()!
                let total = scores.reduce(0) { $0 + exp($1 - peak) }
                for (j, score) in zip(seen[t], scores) {
                    for d in 0..<width {
                        output[(t * shape.heads + h) * width + d] += exp(score - peak) / total * x[j * row + value + d]
                    }
                }
            }
        }
        return output
    }

    @Test(arguments: cases)
    func forwardAndBackwardEqualTheirDefinition(_ test: Case) {
        let (tree, shape) = (tree(test), test.shape)
        let seen = seen(tree)
        let rows = seen.count
        var values = Values(9)
        let x = values.many(rows * shape.rowWidth, scale: test.scale)
        let dy = values.many(rows * shape.heads * shape.headWidth)
        var y = [Float](repeating: .nan, count: dy.count)
        var sums = [Float](repeating: .nan, count: rows * shape.heads)
        var dx = [Float](repeating: .nan, count: x.count)
        let scratch = AttentionScratch()
        scratch.reserve(depth: tree.depth, shape: shape, backward: true)
        var inputs = x
        inputs.withUnsafeMutableBufferPointer { inputs in
            dx.withUnsafeMutableBufferPointer { gradients in
                let input = AttentionInput(queryKeyValue: inputs.baseAddress!, shape: shape)
                let gradient = AttentionInput(queryKeyValue: gradients.baseAddress!, shape: shape)
                for head in 0..<shape.keyValueHeads {
                    attend(tree, keyValueHead: head, shape: shape, input: input, output: &y, logSumExp: &sums, scratch: scratch)
                }
                for head in 0..<shape.keyValueHeads {
                    attendBackward(
                        tree, keyValueHead: head, shape: shape, input: input, output: &y, logSumExp: &sums, dOutput: dy,
                        gradient: gradient, scratch: scratch)
                }
            }
        }
        // Scores grow with the square of the scale, and their rounding with them.
        let tolerance = 2e-6 * Double(max(1, test.scale * test.scale / 16))
        #expect(relativeDistance(y, attention(x.doubles, seen, shape)) < tolerance)

        // Central differences of Σ dy·y along a few random directions.
        for _ in 0..<4 {
            let direction = values.many(x.count).doubles
            func loss(_ step: Double) -> Double {
                let moved = zip(x, direction).map { Double($0) + step * $1 }
                return zip(attention(moved, seen, shape), dy).reduce(0) { $0 + $1.0 * Double($1.1) }
            }
            let expected = (loss(1e-5) - loss(-1e-5)) / 2e-5
            let slope = zip(dx, direction).reduce(0) { $0 + Double($1.0) * $1.1 }
            let size = zip(dx, direction).reduce(0) { $0 + abs(Double($1.0) * $1.1) }
            #expect(abs(slope - expected) < tolerance * size + 1e-8)
        }
    }

    @Test(arguments: cases)
    func cachedAttentionEqualsTheTree(_ test: Case) {
        let (tree, shape) = (tree(test), test.shape)
        guard let branch = tree.continuationRows.last, let last = branch.last else { return }
        var values = Values(10)
        let rows = tree.continuationRows.last!.upperBound
        var x = values.many(rows * shape.rowWidth, scale: test.scale)
        var y = [Float](repeating: 0, count: rows * shape.heads * shape.headWidth)
        let scratch = AttentionScratch()
        scratch.reserve(depth: tree.depth, shape: shape, backward: false)
        let prompt = KeyValueCache(layers: 2, shape: shape, capacity: test.prompt)
        let own = KeyValueCache(layers: 2, shape: shape, capacity: branch.count)
        x.withUnsafeMutableBufferPointer { x in
            let x = x.baseAddress!
            for row in 0..<test.prompt { prompt.put(x + row * shape.rowWidth, layer: 1, position: row) }
            for row in branch { own.put(x + row * shape.rowWidth, layer: 1, position: row - branch.lowerBound) }
            let count = cachedAttentionScratch(shape: shape, promptCount: test.prompt, ownCount: branch.count)
            let memory = AlignedBuffer(count: count)
            var output = [Float](repeating: 0, count: shape.heads * shape.headWidth)
            for head in 0..<shape.keyValueHeads {
                attend(
                    tree, keyValueHead: head, shape: shape, input: AttentionInput(queryKeyValue: x, shape: shape),
                    rules: AttentionRules(skippingPrompt: true), output: &y, logSumExp: nil, scratch: scratch)
                attendCached(
                    query: x + last * shape.rowWidth, layer: 1, keyValueHead: head, shape: shape, prompt: prompt,
                    promptCount: test.prompt, own: own, ownCount: branch.count, output: &output, scratch: memory.pointer)
            }
            let width = shape.heads * shape.headWidth
            #expect(relativeDistance(output, y[last * width..<(last + 1) * width].map(Double.init)) < 1e-6)
        }
    }

    /// Attention with a window and a bias by distance against one that looks at every pair of rows.
    @Test(arguments: [(nil, true), (7, true), (20, true), (nil, false)] as [(Int?, Bool)])
    func windowsAndDistancesChangeScores(_ window: Int?, _ isCausal: Bool) {
        let shape = AttentionShape(heads: 2, keyValueHeads: 2, headWidth: 8, scale: 1)
        let (rows, width) = (61, 8)
        var values = Values(11)
        var x = values.many(rows * shape.rowWidth)
        let dy = values.many(rows * 16)
        let stride = RelativeBias.stride(depth: rows)
        var (biases, dBiases) = (values.many(2 * stride), [Float](repeating: 0, count: 2 * stride))
        var (y, sums, dx) = (
            [Float](repeating: 0, count: rows * 16), [Float](repeating: 0, count: rows * 2), [Float](repeating: 0, count: x.count)
        )
        let scratch = AttentionScratch()
        scratch.reserve(depth: rows, shape: shape, backward: true)
        let tree = TreeRows(promptRows: 0..<rows - 1, lastPromptRow: rows - 1, continuationRows: [])
        biases.withUnsafeMutableBufferPointer { b in
            dBiases.withUnsafeMutableBufferPointer { db in
                x.withUnsafeMutableBufferPointer { x in
                    dx.withUnsafeMutableBufferPointer { dx in
                        let input = AttentionInput(queryKeyValue: x.baseAddress!, shape: shape)
                        let gradient = AttentionInput(queryKeyValue: dx.baseAddress!, shape: shape)
                        let bias = RelativeBias(values: b.baseAddress!, gradients: db.baseAddress!, depth: rows)
                        let rules = AttentionRules(window: window, bias: bias)
                        for head in 0..<2 {
                            if isCausal {
                                attend(
                                    tree, keyValueHead: head, shape: shape, input: input, rules: rules, output: &y, logSumExp: &sums,
                                    scratch: scratch)
                                attendBackward(
                                    tree, keyValueHead: head, shape: shape, input: input, rules: rules, output: &y, logSumExp: &sums,
                                    dOutput: dy, gradient: gradient, scratch: scratch)
                            } else {
                                attend(
                                    queries: 0..<rows, keys: 0..<rows, keyValueHead: head, shape: shape, input: input, rules: rules,
                                    output: &y, logSumExp: &sums, scratch: scratch)
                                attendBackward(
                                    queries: 0..<rows, keys: 0..<rows, keyValueHead: head, shape: shape, input: input, rules: rules,
                                    output: &y, logSumExp: &sums, dOutput: dy, gradient: gradient, scratch: scratch)
                            }
                        }
                    }
                }
            }
        }
        func expected(_ x: [Double], _ biases: [Double]) -> [Double] {
            var output = [Double](repeating: 0, count: rows * 16)
            for t in 0..<rows {
                for h in 0..<2 {
                    let seen = isCausal ? Array(max(0, t + 1 - (window ?? rows))...t) : Array(0..<rows)
                    let scores = seen.map { j in
                        (0..<width).reduce(biases[h * stride + rows + j - t]) {
                            $0 + x[t * shape.rowWidth + h * width + $1] * x[j * shape.rowWidth + 16 + h * width + $1]
                        }
                    }
                    let total = scores.reduce(0) { $0 + exp($1) }
                    for (j, score) in zip(seen, scores) {
                        for d in 0..<width {
                            output[t * 16 + h * width + d] += exp(score) / total * x[j * shape.rowWidth + 32 + h * width + d]
                        }
                    }
                }
            }
            return output
        }
        #expect(relativeDistance(y, expected(x.doubles, biases.doubles)) < 1e-6)
        for seed in 0..<3 {
            var random = Values(UInt64(20 + seed))
            let (ux, ub) = (random.many(x.count).doubles, random.many(biases.count).doubles)
            func loss(_ step: Double) -> Double {
                zip(expected(zip(x, ux).map { Double($0) + step * $1 }, zip(biases, ub).map { Double($0) + step * $1 }), dy)
                    .reduce(0) { $0 + $1.0 * Double($1.1) }
            }
            let slope = (loss(1e-5) - loss(-1e-5)) / 2e-5
            let ours = zip(dx, ux).reduce(0) { $0 + Double($1.0) * $1.1 } + zip(dBiases, ub).reduce(0) { $0 + Double($1.0) * $1.1 }
            #expect(abs(ours - slope) < 1e-4 * max(1, abs(slope)))
        }
    }
}
