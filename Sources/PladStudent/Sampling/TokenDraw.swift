import Foundation
import PladRecords
import PladTensor

/// Draws tokens from rows of logits; owns the memory for one row at a time.
///
/// The order is that of transformers' `generate`: temperature, then top-k, then top-p of the tokens that top-k keeps. Of equally likely
/// tokens the lower id comes first.
final class TokenDraw {
    private let vocabularySize: Int
    /// [V]: e^((logit − greatest) / temperature)
    private let weights: AlignedBuffer
    /// Histogram of a row's weights; plain memory, since arrays of a class are checked for exclusive access at every element.
    private let counts = UnsafeMutablePointer<Int>.allocate(capacity: binCount)
    private let masses = UnsafeMutablePointer<Double>.allocate(capacity: binCount)

    /// Shift that leaves sixteen bins an octave of weights in (0, 1]: the upper bits of a positive float32 grow with its value.
    private static let binShift = 19
    private static let binCount = Int(Float(1).bitPattern >> binShift) + 1

    init(vocabularySize: Int) {
        self.vocabularySize = vocabularySize
        weights = AlignedBuffer(count: vocabularySize)
    }

    deinit {
        counts.deallocate()
        masses.deallocate()
    }

    /// The token drawn and its log-probability at temperature 1 over all tokens, nats; nil if the logits are not finite.
    ///
    /// Temperature 0, or one whose inverse exceeds float32, takes the most likely token and does not advance `stream`.
    func draw(
        _ logits: UnsafePointer<Float>, _ parameters: SamplingParameters, _ stream: inout SeededGenerator
    ) -> (token: TokenID, logProbability: Float)? {
        var (peak, total) = (-Float.infinity, Float(0))
        accumulateLogSumExp(logits, stride: vocabularySize, rows: 1, columns: vocabularySize, greatest: &peak, total: &total)
        guard peak.isFinite, total.isFinite else { return nil }
        let token =
            if !Float(1 / parameters.temperature).isFinite {
                firstIndex(of: peak, in: logits)
            } else {
                sample(logits, peak: peak, parameters, uniform: stream.uniform())
            }
        return (TokenID(token), Float(Double(logits[token] - peak) - log(Double(total))))
    }

    private func firstIndex(of value: Float, in logits: UnsafePointer<Float>) -> Int {
        var index = 0
        while logits[index] != value { index += 1 }
        return index
    }

    private func sample(_ logits: UnsafePointer<Float>, peak: Float, _ parameters: SamplingParameters, uniform: Double) -> Int {
        let weights = weights.pointer
        scaledExponential(of: logits, minus: peak, times: Float(1 / parameters.temperature), into: weights, count: vocabularySize)
        var limit = Limit.none
        if let topK = parameters.topK, topK < vocabularySize { limit = keep(count: max(topK, 1), share: 1) }
        if parameters.topP < 1 { limit = keep(count: limit.count ?? vocabularySize, share: parameters.topP) }

        var total = 0.0
        for id in 0..<vocabularySize where limit.keeps(weights[id], id) { total += Double(weights[id]) }
        var left = uniform * total
        var last = 0
        for id in 0..<vocabularySize where limit.keeps(weights[id], id) {
            last = id
            left -= Double(weights[id])
            if left < 0 { break }
        }
        return last
    }

    /// The least likely token kept: all of a greater weight than `weight` stay, and those of equal weight up to `lastID`.
    private struct Limit {
        var weight: Float
        var lastID: Int
        /// Number of tokens kept; nil if all are.
        var count: Int?

        static let none = Limit(weight: -1, lastID: 0, count: nil)

        @inline(__always)
        func keeps(_ weight: Float, _ id: Int) -> Bool { weight > self.weight || (weight == self.weight && id <= lastID) }
    }

    /// The limit that keeps the `count` most likely tokens, or the fewest of them whose weights sum to `share` of theirs.
    ///
    /// Linear in the vocabulary: a histogram finds the bin of the limit, and only that bin is sorted.
    private func keep(count: Int, share: Double) -> Limit {
        let (weights, counts, masses) = (weights.pointer, counts, masses)
        counts.update(repeating: 0, count: Self.binCount)
        masses.update(repeating: 0, count: Self.binCount)
        for id in 0..<vocabularySize {
            let bin = Int(weights[id].bitPattern >> Self.binShift)
            counts[bin] += 1
            masses[bin] += Double(weights[id])
        }
        let byCount = walk(untilCount: count, untilMass: .infinity)
        return share < 1 ? walk(untilCount: count, untilMass: share * byCount.mass).limit : byCount.limit
    }

    /// Goes from the most likely token downwards until either sum is reached.
    private func walk(untilCount count: Int, untilMass mass: Double) -> (limit: Limit, mass: Double) {
        let (counts, masses) = (counts, masses)
        var (seen, sum) = (0, 0.0)
        for bin in stride(from: Self.binCount - 1, through: 0, by: -1) where counts[bin] > 0 {
            if seen + counts[bin] < count && sum + masses[bin] < mass {
                seen += counts[bin]
                sum += masses[bin]
                continue
            }
            for id in members(of: bin) {
                seen += 1
                sum += Double(weights.pointer[id])
                if seen >= count || sum >= mass {
                    return (Limit(weight: weights.pointer[id], lastID: id, count: seen), sum)
                }
            }
        }
        return (.none, sum)
    }

    /// The tokens of a bin, the most likely first.
    private func members(of bin: Int) -> [Int] {
        let weights = weights.pointer
        var ids: [Int] = []
        for id in 0..<vocabularySize where Int(weights[id].bitPattern >> Self.binShift) == bin { ids.append(id) }
        return ids.sorted { (weights[$0], $1) > (weights[$1], $0) }
    }
}
