import PladRecords
import PladTensor

/// Computation of prompts, whose results all their samples share.
extension DecodeModel {
    /// Largest number of rows in one pass over prompts, unless a single one has more.
    private static let passRows = 2048

    /// Computes prompts: keys, values and first logits for their samples.
    func prefill(_ prompts: [[TokenID]]) -> [Prefix] {
        let results = prompts.map { prompt in
            let count = configuration.hasEncoder ? 1 : prompt.count
            return Prefix(
                cache: makeCache(capacity: count), count: count, source: configuration.hasEncoder ? makeCache(capacity: prompt.count) : nil,
                sourceCount: configuration.hasEncoder ? prompt.count : 0, logits: AlignedBuffer(count: configuration.vocabularySize))
        }
        let passes = passes(over: prompts)
        (sharesRows ? team : alone).run(passes.count) { part, worker in
            let (model, pass) = prefillers[worker]
            let (prompts, results) = (prompts[passes[part]], results[passes[part]])
            prefill(prompts.map { PromptTree(prompt: $0, continuations: []) }, Array(results), model, pass)
        }
        return results
    }

    /// Ranges of prompts that are computed together: enough for large products, but one by one if each thread has a model.
    private func passes(over prompts: [[TokenID]]) -> [Range<Int>] {
        var (passes, rows) = ([Range<Int>](), 0)
        for (index, prompt) in prompts.enumerated() {
            if let last = passes.last, !sharesRows, rows + prompt.count <= Self.passRows {
                passes[passes.count - 1] = last.lowerBound..<index + 1
                rows += prompt.count
            } else {
                passes.append(index..<index + 1)
                rows = prompt.count
            }
        }
        return passes
    }

    private func prefill(_ trees: [PromptTree], _ results: [Prefix], _ model: Model, _ pass: Pass) {
        let team = sharesRows ? alone : team
        let batch = Batch(trees, configuration)
        model.forward(batch, pass, keeping: false) { number, layer in
            team.run(results.count) { part in
                let (result, tree) = (results[part], batch.decoder.trees[part])
                for row in Array(tree.promptRows) + [tree.lastPromptRow] {
                    result.cache.put(
                        layer.queryKeyValue + row * configuration.queryKeyValueWidth, layer: number,
                        position: Int(batch.decoder.positions[row]))
                }
                guard let source = result.source, let cross = layer.cross, let text = batch.encoder?.trees[part].rows else { return }
                let half = configuration.keyValueHeadCount * configuration.headWidth
                for row in text {
                    let key = cross.keyValue + row * 2 * half
                    source.put(key: key, value: key + half, layer: number, position: row - text.lowerBound)
                }
            }
        }
        let vocabulary = configuration.vocabularySize
        let logits = AlignedBuffer(count: results.count * vocabulary)
        computeLogits(model.input(of: batch, pass), into: logits.pointer, rows: results.count, team)
        for (index, result) in results.enumerated() {
            result.logits.pointer.update(from: logits.pointer + index * vocabulary, count: vocabulary)
        }
    }
}
