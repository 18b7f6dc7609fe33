import CKernels

/// A run of consecutive rows that attend together.
struct QueryRun {
    /// Position of the first row, from the start of its path.
    var position: Int
    var row: Int
    var count: Int
    /// Number of keys that the first row sees; if causal, every further row sees one more.
    var seen: Int
    var isCausal: Bool

    /// Number of keys that the last row sees.
    var keys: Int { isCausal ? seen + count - 1 : seen }
}

/// The inputs of a block of query rows.
struct AttentionBlock {
    let shape: AttentionShape
    let head: Int
    let input: AttentionInput
    let rules: AttentionRules
    let output: UnsafeMutablePointer<Float>
    let logSumExp: UnsafeMutablePointer<Float>?
    let scratch: AttentionScratch

    /// A step of the traversal of a tree.
    enum Step {
        /// Keys and values of these rows are packed from `position` on.
        case keys(position: Int, row: Int, count: Int)
        case queries(QueryRun)
        /// All rows that see these keys are done.
        case leave(position: Int, row: Int, count: Int)
    }

    /// Traverses the prompt and then each continuation, blocks of queries after their keys.
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
        visit(.keys(position: 0, row: tree.promptRows.lowerBound, count: tree.promptRows.count))
        visit(.keys(position: prompt - 1, row: tree.lastPromptRow, count: 1))
        if !rules.skippingPrompt { runs(position: 0, row: tree.promptRows.lowerBound, count: tree.promptRows.count) }
        runs(position: prompt - 1, row: tree.lastPromptRow, count: 1)
        for branch in tree.continuationRows {
            visit(.keys(position: prompt, row: branch.lowerBound, count: branch.count))
            runs(position: prompt, row: branch.lowerBound, count: branch.count)
            visit(.leave(position: prompt, row: branch.lowerBound, count: branch.count))
        }
        visit(.leave(position: 0, row: tree.promptRows.lowerBound, count: tree.promptRows.count))
        visit(.leave(position: prompt - 1, row: tree.lastPromptRow, count: 1))
    }

    /// The columns of scores that a run needs: keys before the first are beyond every row's window.
    func columns(_ run: QueryRun) -> (first: Int, seen: Int, keys: Int, columns: Int) {
        let first = rules.window.map { max(0, run.position + 1 - $0) / 16 * 16 } ?? 0
        let keys = run.keys - first
        return (first, run.seen - first, keys, (keys + 15) / 16 * 16)
    }

    /// Computes the attention of a run of rows to the keys packed before and among them.
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
            kernels.logarithm(scratch.totals, scratch.peaks, scratch.sums, queries)
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
            kernels.scale(source, 1 / scratch.totals[query], target, width)
        }
    }

    /// Computes scaled products of queries and keys, with window and bias.
    func score(_ run: QueryRun, first: Int, columns: Int) {
        let queries = run.count * shape.group
        smallProduct(
            scratch.queries, aRow: shape.paddedWidth, aColumn: 1, scratch.keysAcross + first, bRow: scratch.stride,
            into: scratch.scores, cRow: scratch.stride, m: queries, n: columns, k: shape.headWidth)
        if let cap = shape.cap {
            softCap(scratch.scores, cap: cap, slopes: scratch.slopes, stride: scratch.stride, rows: queries, columns: columns)
        }
        if let bias = rules.bias {
            for query in 0..<queries {
                let source = bias.values(head: head * shape.group + query % shape.group, from: first - run.position - query / shape.group)
                let target = scratch.scores + query * scratch.stride
                kernels.add(source, target, columns)
            }
        }
        hideBeyondWindow(run, first: first, with: -.infinity)
    }

    /// Overwrites the scores of keys that are beyond a row's window.
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
func copyPadded(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, width: Int, scale: Float = 1) {
    kernels.copy_padded(source, scale, target, width)
}
