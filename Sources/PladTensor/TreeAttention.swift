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
    /// All rows, where they lie together: those of a prompt of one token with its continuations, or of a text without any.
    package var rows: Range<Int> { (body.isEmpty ? stem : body.lowerBound)..<(branches.last?.upperBound ?? stem + 1) }
    /// Keys that the longest way from root to leaf has.
    package var depth: Int { promptCount + (branches.map(\.count).max() ?? 0) }

    /// The row that holds position `position` of the prompt.
    func promptRow(_ position: Int) -> Int {
        position < body.count ? body.lowerBound + position : stem
    }
}

/// Shapes of an attention layer.
package struct AttentionShape: Sendable, Equatable {
    /// H
    package var heads: Int
    /// G
    package var keyValueHeads: Int
    /// D
    package var headWidth: Int
    /// What the product of a query and a key is multiplied by.
    package var scale: Float

    /// - Parameter scale: 1/√D where nothing is given.
    package init(heads: Int, keyValueHeads: Int, headWidth: Int, scale: Float? = nil) {
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headWidth = headWidth
        self.scale = scale ?? 1 / Float(headWidth).squareRoot()
    }

    /// Heads that share one key and value.
    package var group: Int { heads / keyValueHeads }
    /// Floats of one row's query, key and value side by side.
    package var rowWidth: Int { (heads + 2 * keyValueHeads) * headWidth }
    /// Head width as scratch memory has it: whole vectors.
    var paddedWidth: Int { (headWidth + 15) / 16 * 16 }
    /// Query rows that one block of scores has, times the heads of a group.
    var blockRows: Int { max(1, 48 / group) * group }
}

/// Queries [T, H·D], keys and values [T, G·D] of packed rows, or their gradients. Rows of keys are counted apart from rows
/// of queries where the two come from different texts.
package struct AttentionInput {
    package var queries, keys, values: Matrix

    package init(queries: Matrix, keys: Matrix, values: Matrix) {
        self.queries = queries
        self.keys = keys
        self.values = values
    }

    /// Of rows that hold query, key and value side by side, [T, (H + 2G)·D].
    package init(queryKeyValue: UnsafeMutablePointer<Float>, shape: AttentionShape) {
        queries = Matrix(queryKeyValue, stride: shape.rowWidth)
        keys = queries.from(column: shape.heads * shape.headWidth)
        values = keys.from(column: shape.keyValueHeads * shape.headWidth)
    }

    func query(_ row: Int, head: Int, _ shape: AttentionShape) -> UnsafeMutablePointer<Float> {
        queries.start + (row * queries.stride + head * shape.headWidth)
    }
    func key(_ row: Int, head: Int, _ shape: AttentionShape) -> UnsafeMutablePointer<Float> {
        keys.start + (row * keys.stride + head * shape.headWidth)
    }
    func value(_ row: Int, head: Int, _ shape: AttentionShape) -> UnsafeMutablePointer<Float> {
        values.start + (row * values.stride + head * shape.headWidth)
    }
}

/// What a layer's attention does beyond the product of query and key.
package struct AttentionRules {
    /// Keys that a row sees, itself the last of them; nil for all (Mistral's sliding window, GPT-Neo's local layers).
    package var window: Int?
    /// Added to scores by the distance of key and query.
    package var bias: DistanceBias?
    /// Leaves out the outputs of prompt rows that predict nothing.
    package var skippingBody = false

    package init(window: Int? = nil, bias: DistanceBias? = nil, skippingBody: Bool = false) {
        self.window = window
        self.bias = bias
        self.skippingBody = skippingBody
    }
}

/// Causal attention of one tree and one key/value head (with all the heads that share it), forward.
///
/// A prompt row attends to the prompt up to itself; a continuation's row to the whole prompt and to its own past. Scores
/// exist for a block of query rows at a time.
/// - Parameters:
///   - input: positions already rotated in.
///   - output: [T, H·D].
///   - logSumExp: [T, H] of the scaled scores, for the backward pass; nil where there is none.
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

/// Attention of some rows to all keys of a text, forward: an encoder's to its own text, or a decoder's to the encoder's.
///
/// - Parameters: as for a tree; `queries` are rows of `input.queries`, the first at position 0, `keys` rows of the other two.
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

/// Cuts `0..<count` into ranges of at most `rows`.
func blocks(of count: Int, rows: Int) -> some Sequence<Range<Int>> {
    stride(from: 0, to: count, by: rows).lazy.map { $0..<min(count, $0 + rows) }
}

/// Rows that follow one another and attend together.
struct QueryRun {
    /// Of the first row on its way from the beginning.
    var position: Int
    var row: Int
    var count: Int
    /// Keys that the first row sees; where it is causal, every further row sees one more.
    var seen: Int
    var isCausal: Bool

    /// Keys that the last row sees.
    var keys: Int { isCausal ? seen + count - 1 : seen }
}

/// What a block of query rows needs to know.
struct AttentionBlock {
    let shape: AttentionShape
    let head: Int
    let input: AttentionInput
    let rules: AttentionRules
    let output: UnsafeMutablePointer<Float>
    let logSumExp: UnsafeMutablePointer<Float>?
    let scratch: AttentionScratch

    /// A step on the walk through a tree.
    enum Step {
        /// Keys and values of these rows come to stand at `position`.
        case keys(position: Int, row: Int, count: Int)
        case queries(QueryRun)
        /// All rows that see these keys have passed.
        case leave(position: Int, row: Int, count: Int)
    }

    /// Walks through the prompt and then each continuation, blocks of queries after their keys.
    func eachRun(of tree: TreeRows, _ visit: (Step) -> Void) {
        let (prompt, rows) = (tree.promptCount, shape.blockRows / shape.group)
        func runs(position: Int, row: Int, count: Int) {
            for range in blocks(of: count, rows: rows) {
                let position = position + range.lowerBound
                visit(
                    .queries(
                        QueryRun(position: position, row: row + range.lowerBound, count: range.count, seen: position + 1, isCausal: true)))
            }
        }
        visit(.keys(position: 0, row: tree.body.lowerBound, count: tree.body.count))
        visit(.keys(position: prompt - 1, row: tree.stem, count: 1))
        if !rules.skippingBody { runs(position: 0, row: tree.body.lowerBound, count: tree.body.count) }
        runs(position: prompt - 1, row: tree.stem, count: 1)
        for branch in tree.branches {
            visit(.keys(position: prompt, row: branch.lowerBound, count: branch.count))
            runs(position: prompt, row: branch.lowerBound, count: branch.count)
            visit(.leave(position: prompt, row: branch.lowerBound, count: branch.count))
        }
        visit(.leave(position: 0, row: tree.body.lowerBound, count: tree.body.count))
        visit(.leave(position: prompt - 1, row: tree.stem, count: 1))
    }

    /// The columns of scores that a run needs: keys before the first are beyond every row's window.
    func columns(_ run: QueryRun) -> (first: Int, seen: Int, keys: Int, columns: Int) {
        let first = rules.window.map { max(0, run.position + 1 - $0) / 16 * 16 } ?? 0
        let keys = run.keys - first
        return (first, run.seen - first, keys, (keys + 15) / 16 * 16)
    }

    /// Attends from a run of rows to the keys packed before and among them.
    func forward(_ run: QueryRun) {
        let (group, width, padded, stride) = (shape.group, shape.headWidth, shape.paddedWidth, scratch.stride)
        let queries = run.count * group
        let (first, seen, keys, columns) = columns(run)
        packQueries(row: run.row, count: run.count)
        score(run, first: first, columns: columns)
        if let shift = softmaxNumerators(
            scratch.scores, stride: stride, rows: queries, group: run.isCausal ? group : queries, seen: seen, columns: columns,
            totals: scratch.totals)
        {
            scratch.peaks.update(repeating: shift, count: queries)
        } else {
            score(run, first: first, columns: columns)
            for query in 0..<queries {
                (scratch.peaks[query], scratch.totals[query]) = softmaxNumerators(
                    row: scratch.scores + query * stride, count: run.isCausal ? seen + query / group : seen, columns: columns)
            }
        }
        hideBeyondWindow(run, first: first, with: 0)
        if let logSumExp {
            logarithms(of: scratch.totals, plus: scratch.peaks, into: scratch.sums, count: queries)
            for r in 0..<run.count {
                (logSumExp + ((run.row + r) * shape.heads + head * group)).update(from: scratch.sums + r * group, count: group)
            }
        }
        smallProduct(
            scratch.scores, aRow: stride, aColumn: 1, scratch.values + first * padded, bRow: padded,
            into: scratch.outputs, cRow: padded, m: queries, n: padded, k: keys)
        for query in 0..<queries {
            let target = output + ((run.row + query / group) * shape.heads + head * group + query % group) * width
            let source = scratch.outputs + query * padded
            let share = 1 / scratch.totals[query]
            var i = 0
            while i < width {
                store(load(source + i) * share, to: target + i, count: width &- i)
                i &+= 16
            }
        }
    }

    /// Scaled products of queries and keys, with what the rules add.
    func score(_ run: QueryRun, first: Int, columns: Int) {
        let queries = run.count * shape.group
        smallProduct(
            scratch.queries, aRow: shape.paddedWidth, aColumn: 1, scratch.keysAcross + first, bRow: scratch.stride,
            into: scratch.scores, cRow: scratch.stride, m: queries, n: columns, k: shape.headWidth)
        if let bias = rules.bias {
            for query in 0..<queries {
                let source = bias.values(head: head * shape.group + query % shape.group, from: first - run.position - query / shape.group)
                let target = scratch.scores + query * scratch.stride
                var i = 0
                while i < columns {
                    store(load(target + i) + load(source + i), to: target + i)
                    i &+= 16
                }
            }
        }
        hideBeyondWindow(run, first: first, with: -.infinity)
    }

    /// Sets the scores of keys that have left a row's window.
    private func hideBeyondWindow(_ run: QueryRun, first: Int, with value: Float) {
        guard let window = rules.window else { return }
        for query in 0..<run.count * shape.group {
            let hidden = run.position + query / shape.group + 1 - window - first
            if hidden > 0 { (scratch.scores + query * scratch.stride).update(repeating: value, count: hidden) }
        }
    }

    /// Copies the block's queries, scaled, one head of the group after the other for each row.
    func packQueries(row: Int, count: Int) {
        let (group, width, padded) = (shape.group, shape.headWidth, shape.paddedWidth)
        for r in 0..<count {
            let source = input.query(row + r, head: head * group, shape)
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
