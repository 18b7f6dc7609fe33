/// Rows of one tree in the packed matrix: the prompt but for its last token, the prompt's last token, then the continuations.
package struct TreeRows: Sendable, Equatable {
    /// Prompt rows before the last; they predict nothing.
    package var body: Range<Int>
    /// The prompt's last row, which predicts every continuation's first token. The continuations' rows follow it.
    package var stem: Int
    /// Rows of each continuation: all its tokens but the last.
    package var branches: [Range<Int>]

    package init(body: Range<Int>, stem: Int, branches: [Range<Int>]) {
        self.body = body
        self.stem = stem
        self.branches = branches
    }

    package var promptCount: Int { body.count + 1 }
    /// Keys that the longest way from root to leaf has.
    package var depth: Int { promptCount + (branches.map(\.count).max() ?? 0) }

    /// The row that holds position `position` of the prompt.
    func promptRow(_ position: Int) -> Int {
        position < body.count ? body.lowerBound + position : stem
    }
}

/// Shapes of an attention layer. Query, key and value of a row lie side by side: H·D, G·D and G·D floats.
package struct AttentionShape: Sendable, Equatable {
    /// H
    package var heads: Int
    /// G
    package var keyValueHeads: Int
    /// D
    package var headWidth: Int

    package init(heads: Int, keyValueHeads: Int, headWidth: Int) {
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headWidth = headWidth
    }

    /// Heads that share one key and value.
    var group: Int { heads / keyValueHeads }
    /// Floats from one row's query to the next row's.
    package var rowWidth: Int { (heads + 2 * keyValueHeads) * headWidth }
    /// Head width as scratch memory has it: whole vectors.
    var paddedWidth: Int { (headWidth + 15) / 16 * 16 }
    /// Query rows that one block of scores has, times the heads of a group.
    var blockRows: Int { max(1, 48 / group) * group }
    var scale: Float { 1 / Float(headWidth).squareRoot() }
}

/// Causal attention of one tree and one key/value head (with all the heads that share it), forward.
///
/// A prompt row attends to the prompt up to itself; a continuation's row to the whole prompt and to its own past. Scores
/// exist for a block of query rows at a time.
/// - Parameters:
///   - queryKeyValue: [T, (H + 2G)·D], positions already rotated in.
///   - output: [T, H·D].
///   - logSumExp: [T, H] of the scaled scores, for the backward pass; nil where there is none.
///   - skippingBody: leaves out the outputs of the prompt rows that predict nothing.
package func attend(
    _ tree: TreeRows, keyValueHead: Int, shape: AttentionShape, queryKeyValue: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>?, skippingBody: Bool, scratch: AttentionScratch
) {
    let prompt = tree.promptCount
    scratch.packKeyValues(queryKeyValue, shape: shape, head: keyValueHead, at: 0, count: tree.body.count, row: tree.body.lowerBound)
    scratch.packKeyValues(queryKeyValue, shape: shape, head: keyValueHead, at: prompt - 1, count: 1, row: tree.stem)
    let block = AttentionBlock(
        shape: shape, head: keyValueHead, queryKeyValue: queryKeyValue, output: output, logSumExp: logSumExp, scratch: scratch)
    if !skippingBody {
        for range in blocks(of: tree.body.count, rows: shape.blockRows / shape.group) {
            block.forward(position: range.lowerBound, row: tree.body.lowerBound + range.lowerBound, count: range.count)
        }
    }
    block.forward(position: prompt - 1, row: tree.stem, count: 1)
    for branch in tree.branches {
        scratch.packKeyValues(queryKeyValue, shape: shape, head: keyValueHead, at: prompt, count: branch.count, row: branch.lowerBound)
        for range in blocks(of: branch.count, rows: shape.blockRows / shape.group) {
            block.forward(position: prompt + range.lowerBound, row: branch.lowerBound + range.lowerBound, count: range.count)
        }
    }
}

/// Cuts `0..<count` into ranges of at most `rows`.
func blocks(of count: Int, rows: Int) -> some Sequence<Range<Int>> {
    stride(from: 0, to: count, by: rows).lazy.map { $0..<min(count, $0 + rows) }
}

/// What a block of query rows needs to know.
struct AttentionBlock {
    let shape: AttentionShape
    let head: Int
    let queryKeyValue: UnsafePointer<Float>
    let output: UnsafeMutablePointer<Float>
    let logSumExp: UnsafeMutablePointer<Float>?
    let scratch: AttentionScratch

    /// Attends from `count` rows, the first of which stands at `position` of its way, to the keys packed before and among them.
    func forward(position: Int, row: Int, count: Int) {
        let (group, width, padded) = (shape.group, shape.headWidth, shape.paddedWidth)
        let (queries, keys) = (count * group, position + count)
        let columns = (keys + 15) / 16 * 16
        packQueries(row: row, count: count)
        score(queries: queries, columns: columns)
        if let shift = softmaxNumerators(
            scratch.scores, stride: scratch.stride, rows: queries, group: group, seen: position + 1, columns: columns,
            totals: scratch.totals)
        {
            scratch.peaks.update(repeating: shift, count: queries)
        } else {
            score(queries: queries, columns: columns)
            for query in 0..<queries {
                (scratch.peaks[query], scratch.totals[query]) = softmaxNumerators(
                    row: scratch.scores + query * scratch.stride, count: position + query / group + 1, columns: columns)
            }
        }
        if let logSumExp {
            logarithms(of: scratch.totals, plus: scratch.peaks, into: scratch.sums, count: queries)
            for r in 0..<count {
                (logSumExp + ((row + r) * shape.heads + head * group)).update(from: scratch.sums + r * group, count: group)
            }
        }
        smallProduct(
            scratch.scores, aRow: scratch.stride, aColumn: 1, scratch.values, bRow: padded,
            into: scratch.outputs, cRow: padded, m: queries, n: padded, k: keys)
        for query in 0..<queries {
            let target = output + ((row + query / group) * shape.heads + head * group + query % group) * width
            let source = scratch.outputs + query * padded
            let share = 1 / scratch.totals[query]
            var i = 0
            while i < width {
                store(load(source + i) * share, to: target + i, count: width &- i)
                i &+= 16
            }
        }
    }

    private func score(queries: Int, columns: Int) {
        smallProduct(
            scratch.queries, aRow: shape.paddedWidth, aColumn: 1, scratch.keysAcross, bRow: scratch.stride,
            into: scratch.scores, cRow: scratch.stride, m: queries, n: columns, k: shape.headWidth)
    }

    /// Copies the block's queries, scaled, one head of the group after the other for each row.
    func packQueries(row: Int, count: Int) {
        let (group, width, padded) = (shape.group, shape.headWidth, shape.paddedWidth)
        for r in 0..<count {
            let source = queryKeyValue + ((row + r) * shape.rowWidth + head * group * width)
            for h in 0..<group {
                copyPadded(source + h * width, to: scratch.queries + (r * group + h) * padded, width: width, scale: shape.scale)
            }
        }
    }
}

/// Copies `width` floats times `scale` and fills up the last vector with zeros.
@inline(__always)
func copyPadded(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, width: Int, scale: Float = 1) {
    var i = 0
    while i < width {
        store(load(source + i, count: width &- i) * scale, to: target + i)
        i &+= 16
    }
}

/// peak + ln(total), row by row.
private func logarithms(
    of totals: UnsafePointer<Float>, plus peaks: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, count: Int
) {
    var i = 0
    while i < count {
        store(load(peaks + i) + logarithm(load(totals + i)), to: sums + i)
        i &+= 16
    }
}
