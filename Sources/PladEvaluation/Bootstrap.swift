package import PladRecords

/// Computes 95 % percentile intervals by resampling prompts with replacement.
///
/// Prompts are drawn, not tokens or pairs, since those of one prompt are not independent. The same seed draws the same prompts in every
/// call with as many of them, which makes differences paired.
///
/// Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
package struct Bootstrap: Sendable {
    package var resamples: Int
    package var seed: UInt64

    package init(seed: UInt64, resamples: Int = 2000) {
        precondition(resamples > 0, "a bootstrap takes at least 1 resample, not \(resamples)")
        self.resamples = resamples
        self.seed = seed
    }

    /// The measure over all prompts; `count` is the sum of the denominators. All zeros if there was nothing to measure.
    package func estimate(of ratios: [Ratio]) -> Estimate {
        estimate(prompts: ratios.count, count: ratios.measured) { ratios.pooled(times: $0) }
    }

    /// The mean of plain values, one for each prompt.
    package func estimate(of values: [Double]) -> Estimate {
        estimate(of: values.map { Ratio($0) })
    }

    /// The chrF of a corpus, one pair for each prompt.
    package func estimate(of pairs: [ChrF]) -> Estimate {
        estimate(prompts: pairs.count, count: pairs.count) { ChrF(pairs, times: $0).score }
    }

    /// `ratios` minus `baseline`, both over the same prompts in the same order; `count` is that of `ratios`.
    package func difference(of ratios: [Ratio], from baseline: [Ratio]) -> Estimate {
        precondition(ratios.count == baseline.count, "\(ratios.count) prompts cannot be paired with \(baseline.count)")
        return estimate(prompts: ratios.count, count: ratios.measured) { times in
            guard let minuend = ratios.pooled(times: times), let subtrahend = baseline.pooled(times: times) else { return nil }
            return minuend - subtrahend
        }
    }

    /// An interval of any statistic of weighted prompts: `times` holds each prompt's multiplicity, 1 for the statistic itself.
    ///
    /// A resample for which the statistic is not defined (nil) is left out.
    ///
    /// - Parameter correctingBias: true to shift the interval by the difference between the resamples' mean and the statistic, for
    ///   statistics that resampling noise increases.
    func estimate(
        prompts: Int, count: Int, correctingBias: Bool = false, _ statistic: (_ times: [Double]) -> Double?
    ) -> Estimate {
        // Whatever is counted of a single prompt, it has no spread.
        let count = prompts == 1 ? min(count, 1) : count
        guard let mean = statistic([Double](repeating: 1, count: prompts)) else { return Estimate(mean: 0, low: 0, high: 0, count: 0) }
        var statistics: [Double] = []
        statistics.reserveCapacity(resamples)
        forEachResample(prompts: prompts) { times in
            if let value = statistic(times) { statistics.append(value) }
        }
        statistics.sort()
        guard let low = statistics.quantile(0.025), let high = statistics.quantile(0.975) else {
            return Estimate(mean: mean, low: mean, high: mean, count: count)
        }
        let bias = correctingBias ? statistics.reduce(0, +) / Double(statistics.count) - mean : 0
        return Estimate(mean: mean, low: low - bias, high: high - bias, count: count)
    }

    /// Calls `body` with each prompt's multiplicity, resample by resample.
    func forEachResample(prompts: Int, _ body: (_ times: [Double]) -> Void) {
        var generator = SeededGenerator(seed: seed, "bootstrap")
        var times = [Double](repeating: 0, count: prompts)
        for _ in 0..<resamples {
            Self.draw(&times, with: &generator)
            body(times)
        }
    }

    /// Draws one resample: each prompt's multiplicity.
    private static func draw(_ times: inout [Double], with generator: inout SeededGenerator) {
        let count = UInt64(times.count)
        times.withUnsafeMutableBufferPointer { times in
            times.update(repeating: 0)
            // Written out, because the standard library may change how it maps words to a range; the bias is below 2^-40.
            for _ in 0..<count { times[Int(generator.next().multipliedFullWidth(by: count).high)] += 1 }
        }
    }
}

extension [Ratio] {
    /// The measure over the prompts by multiplicity; nil if there was nothing to measure.
    fileprivate func pooled(times: [Double]) -> Double? {
        var (numerator, denominator) = (0.0, 0.0)
        for index in indices {
            numerator += times[index] * self[index].numerator
            denominator += times[index] * self[index].denominator
        }
        return denominator > 0 ? numerator / denominator : nil
    }

    fileprivate var measured: Int {
        Int(reduce(0) { $0 + $1.denominator }.rounded())
    }
}

extension [Double] {
    /// The quantile of sorted values, linear between neighbours (Hyndman and Fan's type 7); nil if there are none.
    func quantile(_ share: Double) -> Double? {
        guard let last else { return nil }
        let place = share * Double(count - 1)
        let below = Int(place)
        guard below + 1 < count else { return last }
        return self[below] + (place - Double(below)) * (self[below + 1] - self[below])
    }
}
