package import PladRecords

/// 95 % percentile intervals by resampling prompts with replacement.
///
/// Prompts, not tokens or pairs, are drawn: what belongs to one prompt is not independent. The same seed draws the
/// same prompts in every call with as many of them, which is what makes differences paired.
/// Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
package struct Bootstrap: Sendable {
    package var resamples: Int
    package var seed: UInt64

    package init(seed: UInt64, resamples: Int = 2000) {
        precondition(resamples > 0, "a bootstrap takes at least 1 resample, not \(resamples)")
        self.resamples = resamples
        self.seed = seed
    }

    /// The measure over all prompts; `count` is the sum of the denominators. All zeros where there was nothing to measure.
    package func estimate(of ratios: [Ratio]) -> Estimate {
        guard let mean = ratios.pooled else { return Estimate(mean: 0, low: 0, high: 0, count: 0) }
        return interval(around: mean, count: ratios.measured, prompts: ratios.count) { $0.pooled(ratios) }
    }

    /// The mean of plain values, one a prompt.
    package func estimate(of values: [Double]) -> Estimate {
        estimate(of: values.map { Ratio($0) })
    }

    /// `ratios` minus `baseline`, both over the same prompts in the same order; `count` is that of `ratios`.
    package func difference(of ratios: [Ratio], from baseline: [Ratio]) -> Estimate {
        precondition(ratios.count == baseline.count, "\(ratios.count) prompts cannot be paired with \(baseline.count)")
        guard let minuend = ratios.pooled, let subtrahend = baseline.pooled else {
            return Estimate(mean: 0, low: 0, high: 0, count: 0)
        }
        return interval(around: minuend - subtrahend, count: ratios.measured, prompts: ratios.count) { draw in
            guard let left = draw.pooled(ratios), let right = draw.pooled(baseline) else { return nil }
            return left - right
        }
    }

    private func interval(around mean: Double, count: Int, prompts: Int, _ statistic: (Draw) -> Double?) -> Estimate {
        var generator = SeededGenerator(seed: seed, "bootstrap")
        var draw = Draw(prompts: prompts)
        var statistics: [Double] = []
        statistics.reserveCapacity(resamples)
        for _ in 0..<resamples {
            draw.repeated(with: &generator)
            if let value = statistic(draw) { statistics.append(value) }
        }
        statistics.sort()
        return Estimate(mean: mean, low: statistics.quantile(0.025) ?? mean, high: statistics.quantile(0.975) ?? mean, count: count)
    }
}

/// One resample: how often each prompt was drawn.
private struct Draw {
    private var times: [Double]

    init(prompts: Int) {
        times = [Double](repeating: 0, count: prompts)
    }

    mutating func repeated(with generator: inout SeededGenerator) {
        let count = times.count
        times.withUnsafeMutableBufferPointer { times in
            times.update(repeating: 0)
            // Written out, because the standard library may change how it maps words to a range; the bias is below 2^-40.
            for _ in 0..<count { times[Int(generator.next().multipliedFullWidth(by: UInt64(count)).high)] += 1 }
        }
    }

    func pooled(_ ratios: [Ratio]) -> Double? {
        var (numerator, denominator) = (0.0, 0.0)
        for index in times.indices {
            numerator += times[index] * ratios[index].numerator
            denominator += times[index] * ratios[index].denominator
        }
        return denominator > 0 ? numerator / denominator : nil
    }
}

extension [Ratio] {
    fileprivate var measured: Int {
        Int(reduce(0) { $0 + $1.denominator }.rounded())
    }
}

extension [Double] {
    /// The quantile of sorted values, linear between neighbours (Hyndman and Fan's type 7); nil of none.
    fileprivate func quantile(_ share: Double) -> Double? {
        guard let last else { return nil }
        let place = share * Double(count - 1)
        let below = Int(place)
        guard below + 1 < count else { return last }
        return self[below] + (place - Double(below)) * (self[below + 1] - self[below])
    }
}
