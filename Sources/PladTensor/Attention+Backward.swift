import CKernels

/// Backward of `attend` over a tree: from the outputs' gradient to that of query, key and value.
///
/// Scores are recomputed from `logSumExp`, a block at a time.
/// - Parameters:
///   - dOutput: [T, H·D]; output: result of `attend`.
///   - gradient: written, not added to, in this head's columns of the tree's rows. Queries of rows that `rules` leave out get 0.
package func attendBackward(
    _ tree: TreeRows, keyValueHead: Int, shape: AttentionShape, input: AttentionInput, rules: AttentionRules = AttentionRules(),
    output: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>, dOutput: UnsafePointer<Float>,
    gradient: AttentionInput, scratch: AttentionScratch
) {
    let block = AttentionBlock(
        shape: shape, head: keyValueHead, input: input, rules: rules, output: output, logSumExp: logSumExp, scratch: scratch)
    if rules.skippingPrompt {
        for row in tree.promptRows {
            gradient.query(row, head: keyValueHead * shape.group, shape).update(repeating: 0, count: shape.group * shape.headWidth)
        }
    }
    block.eachRun(of: tree) { step in
        switch step {
        case .keys(let position, let row, let count): block.enterBackward(position: position, row: row, count: count)
        case .queries(let run): block.backward(run, dOutput, gradient)
        case .leave(let position, let row, let count):
            block.writeKeyValueGradients(position: position, count: count, row: row, gradient)
        }
    }
}

/// Backward of `attend` to all keys of a text. Writes `gradient` in the given rows: no two calls may share keys.
package func attendBackward(
    queries: Range<Int>, keys: Range<Int>, keyValueHead: Int, shape: AttentionShape, input: AttentionInput,
    rules: AttentionRules = AttentionRules(), output: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>,
    dOutput: UnsafePointer<Float>, gradient: AttentionInput, scratch: AttentionScratch
) {
    let block = AttentionBlock(
        shape: shape, head: keyValueHead, input: input, rules: rules, output: output, logSumExp: logSumExp, scratch: scratch)
    block.enterBackward(position: 0, row: keys.lowerBound, count: keys.count)
    for range in blocks(of: queries.count, rows: shape.blockRows / shape.group) {
        let run = QueryRun(
            position: range.lowerBound, row: queries.lowerBound + range.lowerBound, count: range.count, seen: keys.count, isCausal: false)
        block.backward(run, dOutput, gradient)
    }
    block.writeKeyValueGradients(position: 0, count: keys.count, row: keys.lowerBound, gradient)
}

extension AttentionBlock {
    /// Packs keys and values for the backward pass and clears their gradients.
    func enterBackward(position: Int, row: Int, count: Int) {
        let padded = shape.paddedWidth
        scratch.packKeyValues(input, shape: shape, head: head, at: position, count: count, row: row, backward: true)
        (scratch.dKeys + position * padded).update(repeating: 0, count: count * padded)
        (scratch.dValues + position * padded).update(repeating: 0, count: count * padded)
    }

    /// Writes the run's query gradients and adds to `scratch.dKeys` and `scratch.dValues`.
    func backward(_ run: QueryRun, _ dOutput: UnsafePointer<Float>, _ gradient: AttentionInput) {
        let (group, width, padded, stride) = (shape.group, shape.headWidth, shape.paddedWidth, scratch.stride)
        let queries = run.count * group
        let (first, seen, keys, columns) = columns(run)
        packQueries(row: run.row, count: run.count)
        for query in 0..<queries {
            let at = ((run.row + query / group) * shape.heads + head * group + query % group) * width
            copyPadded(dOutput + at, to: scratch.outputs + query * padded, width: width)
            scratch.totals[query] = kernels.dot(dOutput + at, output + at, width)
        }
        score(run, first: first, columns: columns)
        smallProduct(
            scratch.outputs, aRow: padded, aColumn: 1, scratch.valuesAcross + first, bRow: stride,
            into: scratch.dScores, cRow: stride, m: queries, n: columns, k: width)
        for r in 0..<run.count {
            (scratch.sums + r * group).update(from: logSumExp! + ((run.row + r) * shape.heads + head * group), count: group)
        }
        softmaxBackward(
            scratch.scores, scratch.dScores, stride: stride, rows: queries, group: run.isCausal ? group : queries, seen: seen,
            columns: columns, logSumExp: scratch.sums, mean: scratch.totals)
        if let bias = rules.bias { collect(bias, run, first: first, columns: columns) }
        if let slopes = scratch.slopes { softCapBackward(scratch.dScores, slopes: slopes, stride: stride, rows: queries, columns: columns) }
        smallProduct(
            scratch.scores, aRow: 1, aColumn: stride, scratch.outputs, bRow: padded,
            into: scratch.dValues + first * padded, cRow: padded, m: keys, n: padded, k: queries, accumulating: true)
        smallProduct(
            scratch.dScores, aRow: 1, aColumn: stride, scratch.queries, bRow: padded,
            into: scratch.dKeys + first * padded, cRow: padded, m: keys, n: padded, k: queries, accumulating: true)
        smallProduct(
            scratch.dScores, aRow: stride, aColumn: 1, scratch.keys + first * padded, bRow: padded,
            into: scratch.outputs, cRow: padded, m: queries, n: padded, k: keys)
        for query in 0..<queries {
            let target = gradient.query(run.row + query / group, head: head * group + query % group, shape)
            kernels.scale(scratch.outputs + query * padded, shape.scale, target, width)
        }
    }

    /// Adds the scores' gradients to those of their relative biases.
    private func collect(_ bias: RelativeBias, _ run: QueryRun, first: Int, columns: Int) {
        for query in 0..<run.count * shape.group {
            let source = scratch.dScores + query * scratch.stride
            let target = bias.gradients(head: head * shape.group + query % shape.group, from: first - run.position - query / shape.group)
            kernels.add(source, target, columns)
        }
    }

    func writeKeyValueGradients(position: Int, count: Int, row: Int, _ gradient: AttentionInput) {
        for i in 0..<count {
            let at = (position + i) * shape.paddedWidth
            gradient.key(row + i, head: head, shape).update(from: scratch.dKeys + at, count: shape.headWidth)
            gradient.value(row + i, head: head, shape).update(from: scratch.dValues + at, count: shape.headWidth)
        }
    }
}
