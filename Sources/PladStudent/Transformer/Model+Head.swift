import Foundation
import PladTensor

extension Model {
    /// Computes the log-probabilities of all targets, by their numbers, into `results`; the rows' log-sum-exp goes to the decoder's
    /// `headLogSumExp`.
    ///
    /// - Parameter support: further tokens of each row whose log-probabilities are wanted; it keeps them.
    func headForward(_ batch: Batch, _ pass: Pass, into results: UnsafeMutablePointer<Float>, support: HeadSupport? = nil) {
        let (packed, logSumExps) = (batch.decoder, pass.decoder.headLogSumExp)
        let rows = packed.predictingCount
        let (width, columns) = (configuration.width, HeadScratch.tileColumns)
        let input = input(of: batch, pass)
        head.reserve(rows: rows)
        workers.run(head.parts.count) { part, worker in
            let (greatest, total, tile) = (head.greatest(part), head.total(part), head.tile(worker))
            greatest.update(repeating: -.infinity, count: rows)
            total.update(repeating: 0, count: rows)
            forEachTile(part, rows: rows) { chunk, range in
                linear(
                    Matrix(input + chunk.lowerBound * width, stride: width), weight: tensors.head.from(row: range.lowerBound),
                    into: Matrix(tile, stride: columns), rows: chunk.count, inputs: width, outputs: range.count)
                capLogits(tile, stride: columns, rows: chunk.count, columns: range.count)
                accumulateLogSumExp(
                    tile, stride: columns, rows: chunk.count, columns: range.count,
                    greatest: greatest + chunk.lowerBound, total: total + chunk.lowerBound)
                packed.forEachTarget(rows: chunk, tokens: range) { row, column, target in
                    results[target.number] = tile[(row - chunk.lowerBound) * columns + column]
                }
                support?.read(tile, stride: columns, part: part, rows: chunk, columns: range)
            }
        }
        workers.split(rows, grain: 256) { range, _ in
            for row in range {
                let sum = logSumExp(row)
                logSumExps[row] = sum
                for target in packed.targetStart[row]..<packed.targetStart[row + 1] {
                    results[packed.targets[target].number] -= sum
                }
            }
        }
        support?.finish(plain: logSumExps)
    }

    /// Bounds logits, [rows, columns], if the family does (Gemma 2).
    func capLogits(
        _ logits: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>? = nil, stride: Int, rows: Int, columns: Int
    ) {
        guard let cap = configuration.logitCap else { return }
        softCap(logits, cap: cap, slopes: slopes, stride: stride, rows: rows, columns: columns)
    }

    /// Joins the log-sum-exps of the parts of the vocabulary.
    private func logSumExp(_ row: Int) -> Float {
        var peak = -Float.infinity
        for part in head.parts.indices { peak = max(peak, head.greatest(part)[row]) }
        var total = 0.0
        for part in head.parts.indices {
            total += Double(head.total(part)[row]) * exp(Double(head.greatest(part)[row] - peak))
        }
        return Float(Double(peak) + log(total))
    }

    /// Backward of `headForward`: adds to the head's gradient, and writes that of its input, [predicting rows, C], to
    /// `head.inputGradient(0)`.
    ///
    /// - Parameters:
    ///   - weights: dLoss/d(log-probability) of the tokens of each continuation.
    ///   - support: that of `headForward`, with the derivatives by its log-probabilities.
    func headBackward(_ batch: Batch, _ pass: Pass, weights: [Float], gradients: ModelTensors, support: HeadSupport? = nil) {
        let (packed, logSumExps) = (batch.decoder, pass.decoder.headLogSumExp)
        let rows = packed.predictingCount
        let (width, columns) = (configuration.width, HeadScratch.tileColumns)
        let input = input(of: batch, pass)
        var rowWeights = (0..<rows).map { row in
            packed.targets[packed.targetStart[row]..<packed.targetStart[row + 1]].reduce(Float(0)) { $0 + weights[$1.continuation] }
        }
        // At temperature 1 the softmax of the support is that of the targets.
        if let support, !support.isScaled { for row in 0..<rows { rowWeights[row] += support.rowWeights[row] } }
        workers.run(head.parts.count) { part, worker in
            let (tile, dInput) = (head.tile(worker), head.inputGradient(part))
            forEachTile(part, rows: rows) { chunk, range in
                let first = chunk.lowerBound
                let logits = Matrix(tile, stride: columns)
                let source = Matrix(input + first * width, stride: width)
                let weight = tensors.head.from(row: range.lowerBound)
                linear(source, weight: weight, into: logits, rows: chunk.count, inputs: width, outputs: range.count)
                let slopes = configuration.logitCap == nil ? nil : head.slopes(worker)
                capLogits(tile, slopes: slopes, stride: columns, rows: chunk.count, columns: range.count)
                let shared = support?.sharedGradient(of: tile, stride: columns, rows: chunk, columns: range.count, worker: worker)
                rowWeights.withUnsafeBufferPointer { rowWeights in
                    softmaxGradient(
                        tile, stride: columns, rows: chunk.count, columns: range.count,
                        logSumExp: logSumExps + first, weight: rowWeights.baseAddress! + first)
                }
                packed.forEachTarget(rows: chunk, tokens: range) { row, column, target in
                    tile[(row - first) * columns + column] += weights[target.continuation]
                }
                support?.addGradient(to: tile, shared, stride: columns, rows: chunk, columns: range)
                if let slopes { softCapBackward(tile, slopes: slopes, stride: columns, rows: chunk.count, columns: range.count) }
                linearInputGradient(
                    logits, weight: weight, into: Matrix(dInput + first * width, stride: width),
                    rows: chunk.count, inputs: width, outputs: range.count, accumulating: range.lowerBound > head.parts[part].lowerBound)
                if gradients.isFrozen { return }
                linearWeightGradient(
                    logits, source, addingTo: gradients.head.from(row: range.lowerBound),
                    rows: chunk.count, inputs: width, outputs: range.count)
            }
        }
        workers.split(rows * width, grain: 1 << 14) { range, _ in
            guard head.parts.count > 1 else { return }
            addParts(
                head.inputGradient(1), stride: head.inputGradient(1) - head.inputGradient(0), parts: head.parts.count - 1,
                to: head.inputGradient(0), range: range)
        }
    }

    /// Visits a part of the vocabulary, tiles of columns outside, chunks of rows inside: a tile of the head's matrix is read once.
    private func forEachTile(_ part: Int, rows: Int, _ body: (_ chunk: Range<Int>, _ columns: Range<Int>) -> Void) {
        let range = head.parts[part]
        for column in stride(from: range.lowerBound, to: range.upperBound, by: HeadScratch.tileColumns) {
            for row in stride(from: 0, to: rows, by: HeadScratch.chunkRows) {
                body(row..<min(rows, row + HeadScratch.chunkRows), column..<min(range.upperBound, column + HeadScratch.tileColumns))
            }
        }
    }
}

extension PackedTrees {
    /// Visits the targets of predicting rows in `rows` (counted from the first) whose token is in `tokens`, with the token's column in
    /// that range.
    func forEachTarget(rows: Range<Int>, tokens: Range<Int>, _ body: (_ row: Int, _ column: Int, _ target: Target) -> Void) {
        for row in rows {
            for index in targetStart[row]..<targetStart[row + 1] {
                let column = Int(targets[index].token) - tokens.lowerBound
                if column >= 0 && column < tokens.count { body(row, column, targets[index]) }
            }
        }
    }
}
