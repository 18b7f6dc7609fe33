/// Backward of `attend`: from the outputs' gradient to that of query, key and value.
///
/// Scores are computed again from `logSumExp`, a block at a time.
/// - Parameters:
///   - dOutput: [T, H·D]; output: as `attend` left it.
///   - dQueryKeyValue: [T, (H + 2G)·D]; this head's columns of the tree's rows are written, not added to.
///   - skippingBody: the prompt rows that predict nothing have no outputs; their queries get gradient 0.
package func attendBackward(
    _ tree: TreeRows, keyValueHead: Int, shape: AttentionShape, queryKeyValue: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>, dOutput: UnsafePointer<Float>,
    dQueryKeyValue: UnsafeMutablePointer<Float>, skippingBody: Bool, scratch: AttentionScratch
) {
    let (prompt, padded) = (tree.promptCount, shape.paddedWidth)
    let pack = { (position: Int, count: Int, row: Int) in
        scratch.packKeyValues(queryKeyValue, shape: shape, head: keyValueHead, at: position, count: count, row: row, backward: true)
    }
    let block = AttentionBlock(
        shape: shape, head: keyValueHead, queryKeyValue: queryKeyValue, output: output, logSumExp: logSumExp, scratch: scratch)
    pack(0, tree.body.count, tree.body.lowerBound)
    pack(prompt - 1, 1, tree.stem)
    scratch.dKeys.update(repeating: 0, count: prompt * padded)
    scratch.dValues.update(repeating: 0, count: prompt * padded)
    if skippingBody {
        for row in tree.body {
            let group = shape.group * shape.headWidth
            (dQueryKeyValue + (row * shape.rowWidth + keyValueHead * group)).update(repeating: 0, count: group)
        }
    } else {
        for range in blocks(of: tree.body.count, rows: shape.blockRows / shape.group) {
            block.backward(
                position: range.lowerBound, row: tree.body.lowerBound + range.lowerBound, count: range.count, dOutput, dQueryKeyValue)
        }
    }
    block.backward(position: prompt - 1, row: tree.stem, count: 1, dOutput, dQueryKeyValue)
    for branch in tree.branches {
        pack(prompt, branch.count, branch.lowerBound)
        (scratch.dKeys + prompt * padded).update(repeating: 0, count: branch.count * padded)
        (scratch.dValues + prompt * padded).update(repeating: 0, count: branch.count * padded)
        for range in blocks(of: branch.count, rows: shape.blockRows / shape.group) {
            block.backward(
                position: prompt + range.lowerBound, row: branch.lowerBound + range.lowerBound, count: range.count, dOutput, dQueryKeyValue)
        }
        block.writeKeyValueGradients(position: prompt, count: branch.count, row: branch.lowerBound, dQueryKeyValue)
    }
    block.writeKeyValueGradients(position: 0, count: tree.body.count, row: tree.body.lowerBound, dQueryKeyValue)
    block.writeKeyValueGradients(position: prompt - 1, count: 1, row: tree.stem, dQueryKeyValue)
}

extension AttentionBlock {
    /// Writes the block's query gradients and adds to `scratch.dKeys` and `scratch.dValues`.
    func backward(
        position: Int, row: Int, count: Int, _ dOutput: UnsafePointer<Float>, _ dQueryKeyValue: UnsafeMutablePointer<Float>
    ) {
        let (group, width, padded, stride) = (shape.group, shape.headWidth, shape.paddedWidth, scratch.stride)
        let (queries, keys) = (count * group, position + count)
        let columns = (keys + 15) / 16 * 16
        packQueries(row: row, count: count)
        for query in 0..<queries {
            let at = ((row + query / group) * shape.heads + head * group + query % group) * width
            copyPadded(dOutput + at, to: scratch.outputs + query * padded, width: width)
            scratch.totals[query] = dot(dOutput + at, output + at, count: width)
        }
        smallProduct(
            scratch.queries, aRow: padded, aColumn: 1, scratch.keysAcross, bRow: stride,
            into: scratch.scores, cRow: stride, m: queries, n: columns, k: width)
        smallProduct(
            scratch.outputs, aRow: padded, aColumn: 1, scratch.valuesAcross, bRow: stride,
            into: scratch.dScores, cRow: stride, m: queries, n: columns, k: width)
        for r in 0..<count {
            (scratch.sums + r * group).update(from: logSumExp! + ((row + r) * shape.heads + head * group), count: group)
        }
        softmaxBackward(
            scratch.scores, scratch.dScores, stride: stride, rows: queries, group: group, seen: position + 1, columns: columns,
            logSumExp: scratch.sums, mean: scratch.totals)
        smallProduct(
            scratch.scores, aRow: 1, aColumn: stride, scratch.outputs, bRow: padded,
            into: scratch.dValues, cRow: padded, m: keys, n: padded, k: queries, accumulating: true)
        smallProduct(
            scratch.dScores, aRow: 1, aColumn: stride, scratch.queries, bRow: padded,
            into: scratch.dKeys, cRow: padded, m: keys, n: padded, k: queries, accumulating: true)
        smallProduct(
            scratch.dScores, aRow: stride, aColumn: 1, scratch.keys, bRow: padded,
            into: scratch.outputs, cRow: padded, m: queries, n: padded, k: keys)
        for query in 0..<queries {
            let target = dQueryKeyValue + ((row + query / group) * shape.rowWidth + (head * group + query % group) * width)
            let source = scratch.outputs + query * padded
            var i = 0
            while i < width {
                store(load(source + i) * shape.scale, to: target + i, count: width &- i)
                i &+= 16
            }
        }
    }

    func writeKeyValueGradients(position: Int, count: Int, row: Int, _ dQueryKeyValue: UnsafeMutablePointer<Float>) {
        let width = shape.headWidth
        for i in 0..<count {
            let dKey = dQueryKeyValue + ((row + i) * shape.rowWidth + (shape.heads + head) * width)
            let at = (position + i) * shape.paddedWidth
            dKey.update(from: scratch.dKeys + at, count: width)
            (dKey + shape.keyValueHeads * width).update(from: scratch.dValues + at, count: width)
        }
    }
}

@inline(__always)
private func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
    var total = Vector.zero
    var i = 0
    while i < count {
        total = total.addingProduct(load(a + i, count: count &- i), load(b + i, count: count &- i))
        i &+= 16
    }
    return sum(total)
}
