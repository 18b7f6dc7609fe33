import Foundation
package import PladRecords
import PladTensor

/// Tokens whose log-probabilities a loss reads at each predicted position: those that a teacher's truncated distribution keeps.
///
/// The tokens of position r are `ids[starts[r]..<starts[r + 1]]`, in any order, each once.
package struct TokenSupport: Sendable, Equatable {
    package var starts: [Int]
    package var ids: [TokenID]

    package init(starts: [Int], ids: [TokenID]) {
        self.starts = starts
        self.ids = ids
    }
}

/// The head's work for a support: log-probabilities at a temperature, and the gradient through them, tile by tile of the logits.
///
/// With u = z/τ for logits z, a token has log q = u − log Σ e^u. A loss whose derivative by log q_i is f_i has the derivative
/// (f_j − q_j · Σ f)/τ by z_j, with f_j = 0 for tokens outside of the support; so that nothing but the tile at hand is needed.
final class HeadSupport {
    let support: TokenSupport
    /// Entries of each row by ascending id, and their ids: a tile reads those of its columns alone.
    private let order: [Int]
    private let sortedIDs: [TokenID]
    private let inverse: Float
    /// Log-probabilities, by entry.
    private let values: AlignedBuffer
    private let logSumExps: AlignedBuffer
    /// [parts, rows] each: greatest scaled logit and Σ e^(scaled − greatest), if the temperature is not 1.
    private let greatest, totals: AlignedBuffer
    /// A second tile for each worker, if the temperature is not 1.
    private let tiles: AlignedBuffer
    private let rows: Int
    private let parts: Int
    /// Derivatives of the loss by the log-probabilities, over τ: by entry, and their sums by row.
    private var weights: [Float] = []
    private(set) var rowWeights: [Float] = []

    var isScaled: Bool { inverse != 1 }
    var logProbabilities: [Float] { Array(UnsafeBufferPointer(start: values.pointer, count: support.ids.count)) }

    /// - Precondition: the support has as many positions as there are predicting rows, each row with one target.
    init(_ support: TokenSupport, temperature: Double, rows: Int, head: HeadScratch, threads: Int) {
        precondition(support.starts.count == rows + 1, "a support of \(support.starts.count - 1) positions for \(rows) rows")
        self.support = support
        self.rows = rows
        order = (0..<rows).flatMap { row in
            (support.starts[row]..<support.starts[row + 1]).sorted { support.ids[$0] < support.ids[$1] }
        }
        sortedIDs = order.map { support.ids[$0] }
        parts = head.parts.count
        inverse = Float(1 / temperature)
        let scaled = inverse != 1
        values = AlignedBuffer(count: support.ids.count)
        logSumExps = AlignedBuffer(count: rows)
        greatest = AlignedBuffer(count: scaled ? parts * rows : 0)
        totals = AlignedBuffer(count: scaled ? parts * rows : 0)
        tiles = AlignedBuffer(count: scaled ? threads * HeadScratch.chunkRows * HeadScratch.tileColumns : 0)
        greatest.values.update(repeating: -.infinity)
    }

    /// Reads a tile of logits: rows `chunk`, columns `range` of the vocabulary. Afterwards the tile holds scaled logits.
    func read(_ tile: UnsafeMutablePointer<Float>, stride: Int, part: Int, rows chunk: Range<Int>, columns range: Range<Int>) {
        if isScaled {
            for row in chunk {
                let logits = tile + (row - chunk.lowerBound) * stride
                scale(logits, by: inverse, into: logits, count: range.count)
            }
            accumulateLogSumExp(
                tile, stride: stride, rows: chunk.count, columns: range.count,
                greatest: greatest.pointer + part * rows + chunk.lowerBound, total: totals.pointer + part * rows + chunk.lowerBound)
        }
        forEachEntry(rows: chunk, columns: range) { row, column, entry in
            values.pointer[entry] = tile[(row - chunk.lowerBound) * stride + column]
        }
    }

    /// Turns the logits that were read into log-probabilities. `plain` are the rows' log-sum-exps at temperature 1.
    func finish(plain: UnsafePointer<Float>) {
        for row in 0..<rows {
            let sum = isScaled ? joinedLogSumExp(row) : plain[row]
            logSumExps.pointer[row] = sum
            for entry in support.starts[row]..<support.starts[row + 1] { values.pointer[entry] -= sum }
        }
    }

    private func joinedLogSumExp(_ row: Int) -> Float {
        var peak = -Float.infinity
        for part in 0..<parts { peak = max(peak, greatest.pointer[part * rows + row]) }
        let total = (0..<parts).reduce(0.0) {
            $0 + Double(totals.pointer[$1 * rows + row]) * exp(Double(greatest.pointer[$1 * rows + row] - peak))
        }
        return Float(Double(peak) + log(total))
    }

    /// Takes the derivatives of the loss by the log-probabilities, by entry.
    func setDerivatives(_ derivatives: [Float]) {
        precondition(derivatives.count == support.ids.count, "\(derivatives.count) derivatives for \(support.ids.count) entries")
        weights = derivatives.map { $0 * inverse }
        rowWeights = (0..<rows).map { row in
            Float(weights[support.starts[row]..<support.starts[row + 1]].reduce(0) { $0 + Double($1) })
        }
    }

    /// Computes the part of a tile's gradient that all columns share into a second tile, if the temperature is not 1; at temperature 1
    /// it goes with the targets' own.
    func sharedGradient(
        of tile: UnsafePointer<Float>, stride: Int, rows chunk: Range<Int>, columns: Int, worker: Int
    ) -> UnsafeMutablePointer<Float>? {
        guard isScaled else { return nil }
        let second = tiles.pointer + worker * HeadScratch.chunkRows * HeadScratch.tileColumns
        for row in 0..<chunk.count { scale(tile + row * stride, by: inverse, into: second + row * stride, count: columns) }
        rowWeights.withUnsafeBufferPointer { weights in
            softmaxGradient(
                second, stride: stride, rows: chunk.count, columns: columns, logSumExp: logSumExps.pointer + chunk.lowerBound,
                weight: weights.baseAddress! + chunk.lowerBound)
        }
        return second
    }

    /// Adds the second tile, and what the support's own tokens have more.
    func addGradient(
        to tile: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>?, stride: Int, rows chunk: Range<Int>,
        columns range: Range<Int>
    ) {
        if let second {
            for row in 0..<chunk.count {
                addParts(second + row * stride, stride: 0, parts: 1, to: tile + row * stride, range: 0..<range.count)
            }
        }
        let weights = weights
        forEachEntry(rows: chunk, columns: range) { row, column, entry in
            tile[(row - chunk.lowerBound) * stride + column] += weights[entry]
        }
    }

    private func forEachEntry(rows: Range<Int>, columns: Range<Int>, _ body: (_ row: Int, _ column: Int, _ entry: Int) -> Void) {
        let (starts, order, ids) = (support.starts, order, sortedIDs)
        for row in rows {
            var (place, end) = (starts[row], starts[row + 1])
            while place < end {
                let middle = (place + end) / 2
                if Int(ids[middle]) < columns.lowerBound { place = middle + 1 } else { end = middle }
            }
            while place < starts[row + 1], Int(ids[place]) < columns.upperBound {
                body(row, Int(ids[place]) - columns.lowerBound, order[place])
                place += 1
            }
        }
    }
}

extension GradientPass {
    /// Log-probabilities in nats of the trees' own tokens at temperature 1, and of a support's at `temperature`: by number of the token,
    /// and by entry of the support.
    ///
    /// The support has a position for each token of each tree's continuation, tree after tree. Throws as `forward(_:)` does.
    /// - Precondition: every tree has one continuation.
    package func forward(
        _ trees: [PromptTree], support: TokenSupport, temperature: Double
    ) throws -> (tokens: [Float], support: [Float]) {
        precondition(trees.allSatisfy { $0.continuations.count == 1 }, "a support needs trees of one continuation")
        try student.check(trees)
        self.trees = trees
        guard !trees.isEmpty else { return ([], []) }
        let (model, batch) = (student.model, Batch(trees, student.configuration))
        let kept = HeadSupport(
            support, temperature: temperature, rows: batch.decoder.predictingCount, head: model.head, threads: student.workers.threads)
        self.support = kept
        var results = [Float](repeating: 0, count: batch.decoder.targets.count)
        model.forward(batch, pass, keeping: true)
        results.withUnsafeMutableBufferPointer { model.headForward(batch, pass, into: $0.baseAddress!, support: kept) }
        try student.weights.requireUnchanged()
        return (results, kept.logProbabilities)
    }

    /// Adds to `gradients` those of the loss whose derivatives are `weights`, by the sum of each tree's log-probabilities, and
    /// `derivatives`, by the support's log-probabilities.
    ///
    /// Throws as `backward(_:)` does.
    /// - Precondition: a `forward(_:support:temperature:)` of trees of this shape came before, and no `backward` since.
    package func backward(_ weights: [Float], support derivatives: [Float]) throws {
        guard let trees, let support else { preconditionFailure("backward without a forward before it") }
        (self.trees, self.support) = (nil, nil)
        precondition(weights.count == trees.count, "\(weights.count) weights for \(trees.count) trees")
        support.setDerivatives(derivatives)
        let (model, batch) = (student.model, Batch(trees, student.configuration))
        model.headBackward(batch, pass, weights: weights, gradients: targets, support: support)
        model.backward(batch, pass, dInput: model.head.inputGradient(0), gradients: targets)
        try student.weights.requireUnchanged()
    }
}
