/// Causal attention of one tree and one key/value head (with all the heads that share it), forward.
///
/// A prompt row attends to the prompt up to itself; a continuation's row to the whole prompt and to its own past. Scores exist for a
/// block of query rows at a time.
/// - Parameters:
///   - input: queries, keys and values after the rotation.
///   - output: [T, H·D].
///   - logSumExp: [T, H] of the scaled scores, for the backward pass; nil if there is none.
package func attend(
    _ tree: TreeRows, keyValueHead: Int, shape: AttentionShape, input: AttentionInput, rules: AttentionRules = AttentionRules(),
    output: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>?, scratch: AttentionScratch
) {
    let block = AttentionBlock(
        shape: shape, head: keyValueHead, input: input, rules: rules, output: output, logSumExp: logSumExp, scratch: scratch)
    block.eachRun(of: tree) { step in
        switch step {
        case .keys(let position, let row, let count):
            scratch.packKeyValues(input, shape: shape, head: keyValueHead, at: position, count: count, row: row)
        case .queries(let run): block.forward(run)
        case .leave: break
        }
    }
}

/// Attention of some rows to all keys of a text, forward: within an encoder's text, or from a decoder's rows to it.
///
/// - Parameters: like those for a tree; `queries` are rows of `input.queries`, the first at position 0, `keys` rows of the other two.
package func attend(
    queries: Range<Int>, keys: Range<Int>, keyValueHead: Int, shape: AttentionShape, input: AttentionInput,
    rules: AttentionRules = AttentionRules(), output: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>?,
    scratch: AttentionScratch
) {
    scratch.packKeyValues(input, shape: shape, head: keyValueHead, at: 0, count: keys.count, row: keys.lowerBound)
    let block = AttentionBlock(
        shape: shape, head: keyValueHead, input: input, rules: rules, output: output, logSumExp: logSumExp, scratch: scratch)
    for range in blocks(of: queries.count, rows: shape.blockRows / shape.group) {
        block.forward(
            QueryRun(
                position: range.lowerBound, row: queries.lowerBound + range.lowerBound, count: range.count, seen: keys.count,
                isCausal: false))
    }
}

/// Splits `0..<count` into ranges of at most `rows`.
func blocks(of count: Int, rows: Int) -> some Sequence<Range<Int>> {
    stride(from: 0, to: count, by: rows).lazy.map { $0..<min(count, $0 + rows) }
}
