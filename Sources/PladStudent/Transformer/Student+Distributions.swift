import Foundation
package import PladRecords
import PladTensor

extension Student {
    /// Largest number of logits in memory at a time: 32 MiB.
    private static let chunkLogits = 1 << 23

    /// The truncated distributions of every token of every text but its first, text after text.
    ///
    /// A position's numbers depend on its own text alone, to the bit, whatever the other texts and the number of threads.
    ///
    /// Throws `StudentError.context` if a text has fewer than two tokens, holds an id outside the vocabulary or exceeds the context,
    /// `.tensors` if logits are not finite, `.files` if the weights are in a file that was overwritten.
    package func distributions(of texts: [[TokenID]], _ truncation: Truncation) throws -> TokenDistributions {
        for (number, text) in texts.enumerated() where text.count < 2 {
            throw StudentError(.context, "text \(number) has \(text.count) tokens; nothing predicts the first, so give at least two")
        }
        return try distributions(of: texts.map { PromptTree(prompt: [$0[0]], continuations: [Array($0.dropFirst())]) }, truncation)
    }

    /// The truncated distributions of every token of the trees' continuations, tree after tree.
    ///
    /// Throws as `distributions(of:)` of texts does.
    /// - Parameter further: a token for each position that is kept too, behind the others; none for empty.
    /// - Precondition: every tree has one continuation.
    package func distributions(
        of trees: [PromptTree], _ truncation: Truncation, and further: [TokenID] = []
    ) throws -> TokenDistributions {
        precondition(trees.allSatisfy { $0.continuations.count == 1 }, "distributions need trees of one continuation")
        try check(trees)
        var results = TokenDistributions()
        for part in trees.passes(of: 2048, \.rows) {
            let batch = Batch(Array(part), configuration)
            model.forward(batch, passing, keeping: false)
            try append(batch, truncation, and: further, to: &results)
        }
        try weights.requireUnchanged()
        return results
    }

    /// Adds the distributions of a pass, chunk of rows by chunk of rows: the logits of a chunk, then for each row its likeliest tokens.
    private func append(
        _ batch: Batch, _ truncation: Truncation, and further: [TokenID], to results: inout TokenDistributions
    ) throws {
        let before = results.count
        let (width, vocabulary) = (configuration.width, configuration.vocabularySize)
        let (input, rows) = (model.input(of: batch, passing), batch.decoder.predictingCount)
        let chunk = min(rows, max(1, Self.chunkLogits / vocabulary))
        let logits = AlignedBuffer(count: chunk * vocabulary)
        for first in stride(from: 0, to: rows, by: chunk) {
            let count = min(chunk, rows - first)
            let columns = (vocabulary + workers.threads - 1) / workers.threads
            workers.split(vocabulary, grain: (columns + 15) / 16 * 16) { range, _ in
                linear(
                    Matrix(input + first * width, stride: width), weight: model.tensors.head.from(row: range.lowerBound),
                    into: Matrix(logits.pointer + range.lowerBound, stride: vocabulary), rows: count, inputs: width, outputs: range.count)
                model.capLogits(logits.pointer + range.lowerBound, stride: vocabulary, rows: count, columns: range.count)
            }
            let share = (count + workers.threads - 1) / workers.threads
            var parts = [TokenDistributions?](repeating: TokenDistributions(), count: (count + share - 1) / share)
            parts.withUnsafeMutableBufferPointer { parts in
                workers.run(parts.count) { part in
                    var likeliest = LikeliestTokens(count: min(truncation.topK, vocabulary))
                    for row in part * share..<min(count, (part + 1) * share) {
                        guard likeliest.take(logits.pointer + row * vocabulary, count: vocabulary) else {
                            parts[part] = nil
                            return
                        }
                        let number = before + first + row
                        likeliest.append(
                            truncation, logits.pointer + row * vocabulary, and: further.isEmpty ? nil : further[number], to: &parts[part]!)
                    }
                }
            }
            for part in parts {
                guard let part else { throw StudentError(.tensors, "\(folder.path): its logits are not finite; is the model damaged?") }
                results += part
            }
        }
    }
}

/// The greatest logits of a row, with their tokens, in a heap whose first entry is the least of them.
private struct LikeliestTokens {
    private typealias Entry = (logit: Float, id: TokenID)
    private let most: Int
    private var heap: [Entry] = []
    private var logSumExp = 0.0

    init(count: Int) {
        most = count
        heap.reserveCapacity(count)
    }

    /// Replaces the entries by those of a row. Returns false if the row is not finite.
    mutating func take(_ logits: UnsafePointer<Float>, count: Int) -> Bool {
        var (greatest, total) = (-Float.infinity, Float(0))
        for column in stride(from: 0, to: count, by: HeadScratch.tileColumns) {
            let columns = min(HeadScratch.tileColumns, count - column)
            accumulateLogSumExp(logits + column, stride: columns, rows: 1, columns: columns, greatest: &greatest, total: &total)
        }
        logSumExp = Double(greatest) + log(Double(total))
        guard logSumExp.isFinite else { return false }
        heap.removeAll(keepingCapacity: true)
        for id in 0..<min(most, count) { push((logits[id], TokenID(id))) }
        // Ids ascend, so that of equal logits the lower id stays.
        for id in heap.count..<max(count, heap.count) where logits[id] > heap[0].logit { replaceLeast((logits[id], TokenID(id))) }
        return true
    }

    /// Adds what `truncation` keeps of the row, and a further token behind that if it is not there.
    func append(
        _ truncation: Truncation, _ logits: UnsafePointer<Float>, and further: TokenID?, to distributions: inout TokenDistributions
    ) {
        let sorted = heap.sorted { Self.isLess($1, $0) }
        var logProbabilities = sorted.map { Float(Double($0.logit) - logSumExp) }
        let count = truncation.count(of: logProbabilities)
        var ids = sorted.prefix(count).map(\.id)
        logProbabilities = Array(logProbabilities.prefix(count))
        if let further, !ids.contains(further) {
            ids.append(further)
            logProbabilities.append(Float(Double(logits[Int(further)]) - logSumExp))
        }
        let mass = logProbabilities.reduce(0) { $0 + exp(Double($1)) }
        distributions.append(ids: ids, logProbabilities: logProbabilities, restMass: Float(max(0, 1 - mass)))
    }

    private static func isLess(_ a: Entry, _ b: Entry) -> Bool { a.logit < b.logit || a.logit == b.logit && a.id > b.id }

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var place = heap.count - 1
        while place > 0, Self.isLess(heap[place], heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func replaceLeast(_ entry: Entry) {
        var place = 0
        heap[0] = entry
        while true {
            var least = place
            for child in 2 * place + 1...2 * place + 2 where child < heap.count && Self.isLess(heap[child], heap[least]) { least = child }
            guard least != place else { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}
