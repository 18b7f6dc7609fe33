import Foundation
package import PladRecords

/// The calibration of a student's confidence in the order of pairs.
///
/// The student's probability that the chosen side is the better one is sigmoid(chosen − rejected), as in the model of Bradley and Terry
/// 1952 with scores in nats. The side that it ranks higher has a probability from 0.5 to 1, its confidence.
package enum Calibration {
    package static let bins = 10

    /// Pairs by confidence, in bins of equal width; empty ones are left out.
    package static func reliability(of pairs: some Sequence<ScoredPair>) -> [ReliabilityBin] {
        var sums = Sums()
        for pair in pairs { sums.add(pair, times: 1) }
        return (0..<bins).compactMap { bin in
            let count = sums.count[bin]
            guard count > 0 else { return nil }
            return ReliabilityBin(confidence: sums.confidence[bin] / count, accuracy: sums.right[bin] / count, count: Int(count))
        }
    }

    /// Expected calibration error: the mean over the pairs of the distance between their bin's confidence and accuracy; nil without
    /// pairs.
    ///
    /// Source: Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks", equation 3. Noise increases it, so
    /// with few pairs even a calibrated student is above 0.
    package static func error(of prompts: [[ScoredPair]], times: [Double]) -> Double? {
        var sums = Sums()
        for (pairs, times) in zip(prompts, times) where times > 0 {
            for pair in pairs { sums.add(pair, times: times) }
        }
        let total = sums.count.reduce(0, +)
        guard total > 0 else { return nil }
        return zip(sums.confidence, sums.right).reduce(0) { $0 + abs($1.0 - $1.1) } / total
    }

    private struct Sums {
        var count = [Double](repeating: 0, count: bins)
        var confidence = [Double](repeating: 0, count: bins)
        var right = [Double](repeating: 0, count: bins)

        mutating func add(_ pair: ScoredPair, times: Double) {
            let gap = pair.chosen - pair.rejected
            let confidence = 1 / (1 + exp(-abs(gap)))
            let bin = min(Int((confidence - 0.5) * 2 * Double(bins)), bins - 1)
            count[bin] += times
            self.confidence[bin] += times * confidence
            right[bin] += times * (gap > 0 ? 1 : gap == 0 ? 0.5 : 0)
        }
    }
}
