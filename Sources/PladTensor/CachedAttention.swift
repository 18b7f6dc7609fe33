import CKernels

/// Attention of one new token, for one key/value head and the heads that share it, to the cached keys and values.
///
/// - Parameters:
///   - query: the token's H·D floats, rotated.
///   - prompt, own: caches of the shared prompt and of the sequence itself, the token included; the counts say how many positions are
///     seen. Attention to another text has only the first, and an `ownCount` of 0.
///   - output: the token's H·D floats.
///   - scratch: at least `cachedAttentionScratch(...)` floats.
package func attendCached(
    query: UnsafePointer<Float>, layer: Int, keyValueHead head: Int, shape: AttentionShape, rules: AttentionRules = AttentionRules(),
    prompt: KeyValueCache, promptCount: Int, own: KeyValueCache, ownCount: Int,
    output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
) {
    let (group, width, padded) = (shape.group, shape.headWidth, shape.paddedWidth)
    let promptColumns = blocked(promptCount)
    let columns = promptColumns + blocked(ownCount)
    let queries = scratch
    let outputs = queries + group * padded
    let totals = outputs + group * padded
    let scores = totals + group
    for h in 0..<group {
        copyPadded(query + (head * group + h) * width, to: queries + h * padded, width: width, scale: shape.scale)
    }
    func score(_ cache: KeyValueCache, _ count: Int, _ first: Int) {
        let keys = cache.keys(layer: layer, head: head)
        for block in stride(from: 0, to: count, by: KeyValueCache.block) {
            smallProduct(
                queries, aRow: padded, aColumn: 1, keys + block * width, bRow: KeyValueCache.block,
                into: scores + first + block, cRow: columns, m: group, n: KeyValueCache.block, k: width)
        }
    }
    func scoreAll() {
        score(prompt, promptCount, 0)
        score(own, ownCount, promptColumns)
        if let cap = shape.cap { softCap(scores, cap: cap, stride: columns, rows: group, columns: columns) }
        let position = promptCount + ownCount - 1
        for h in 0..<group {
            let row = scores + h * columns
            if let bias = rules.bias {
                kernels.add(bias.values(head: head * group + h, from: -position), row, promptCount)
                kernels.add(bias.values(head: head * group + h, from: promptCount - position), row + promptColumns, ownCount)
            }
            if let hidden = rules.window.map({ position + 1 - $0 }), hidden > 0 {
                row.update(repeating: -.infinity, count: min(hidden, promptCount))
                (row + promptColumns).update(repeating: -.infinity, count: max(0, hidden - promptCount))
            }
        }
        // Between the prompt's last key and the sequence's own first there may be columns that hold nothing.
        for h in 0..<group { (scores + (h * columns + promptCount)).update(repeating: -.infinity, count: promptColumns - promptCount) }
    }
    scoreAll()
    let seen = promptColumns + ownCount
    if softmaxNumerators(scores, stride: columns, rows: group, group: group, seen: seen, columns: columns, totals: totals) == nil {
        scoreAll()
        for h in 0..<group { totals[h] = softmaxNumerators(row: scores + h * columns, count: seen, columns: columns).total }
    }
    smallProduct(
        scores, aRow: columns, aColumn: 1, prompt.values(layer: layer, head: head), bRow: padded,
        into: outputs, cRow: padded, m: group, n: padded, k: promptCount)
    smallProduct(
        scores + promptColumns, aRow: columns, aColumn: 1, own.values(layer: layer, head: head), bRow: padded,
        into: outputs, cRow: padded, m: group, n: padded, k: ownCount, accumulating: true)
    for h in 0..<group {
        let target = output + (head * group + h) * width
        kernels.scale(outputs + h * padded, 1 / totals[h], target, width)
    }
}

/// Number of floats of scratch memory that `attendCached` needs for this many seen positions.
package func cachedAttentionScratch(shape: AttentionShape, promptCount: Int, ownCount: Int) -> Int {
    shape.group * (2 * shape.paddedWidth + 1 + blocked(promptCount) + blocked(ownCount))
}

/// Number of positions rounded up to whole blocks of a cache.
private func blocked(_ count: Int) -> Int {
    (count + KeyValueCache.block - 1) / KeyValueCache.block * KeyValueCache.block
}
