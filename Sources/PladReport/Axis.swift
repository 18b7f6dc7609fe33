import Foundation

/// An axis with round ticks: multiples of 1, 2 or 5 times a power of ten.
package struct Axis: Sendable {
    package let low: Double
    package let high: Double
    package let ticks: [Double]
    private let step: Double

    /// The smallest axis around `values`, with a little room at both ends.
    ///
    /// Equal values, or none, get a range around them, so that an axis is never empty; values that are not finite are ignored.
    /// - Parameters:
    ///   - count: approximate number of ticks.
    ///   - limits: bounds of all values, which the margin does not cross.
    ///   - whole: true for ticks only at integers, and no margin.
    package init(around values: some Sequence<Double>, ticks count: Int = 4, limits: ClosedRange<Double>? = nil, whole: Bool = false) {
        // Beyond 1e300 the width of the range may be infinite.
        let finite = values.filter { abs($0) < 1e300 }
        var low = finite.min() ?? 0
        var high = finite.max() ?? (finite.isEmpty ? 1 : low)
        // Differences below the precision of the numbers themselves are no range to draw.
        if high - low <= max(max(abs(high), abs(low)) * 1e-9, 1e-300) {
            let room = whole || abs(high) < 1e-9 ? 0.5 : abs(high) * 0.1
            (low, high) = (low - room, high + room)
        } else if !whole {
            let room = (high - low) * 0.05
            (low, high) = (low - room, high + room)
        }
        if let limits {
            low = max(low, limits.lowerBound)
            high = min(high, limits.upperBound)
        }
        if !(low < high) { (low, high) = (low - 0.5, high + 0.5) }
        var step = max(Self.step(for: (high - low) / Double(max(count, 1))), whole ? 1 : 0)
        while Self.multiples(of: step, low, high).count < min(3, count), !whole || step > 1 {
            step = Self.step(for: step * 0.4)
        }
        self.low = low
        self.high = high
        ticks = Self.multiples(of: step, low, high).map { Double($0) * step }
        self.step = step
    }

    /// The multiples of `step` on the axis.
    private static func multiples(of step: Double, _ low: Double, _ high: Double) -> Range<Int> {
        let first = Numbers.whole((low / step - 1e-9).rounded(.up))
        return first..<max(first, Numbers.whole((high / step + 1e-9).rounded(.down)) + 1)
    }

    /// The smallest round step that is at least `rough`.
    private static func step(for rough: Double) -> Double {
        let power = pow(10, log10(rough).rounded(.down))
        // 1e-9 keeps 0.2 / 0.1 from being more than 2.
        let factor = [1.0, 2, 5, 10].first { $0 * power >= rough * (1 - 1e-9) } ?? 10
        return factor * power
    }

    /// The text of a tick: as many decimals as the step needs, thousands separated, powers of ten for very small and large numbers.
    package func label(_ tick: Double) -> String {
        let decimals = max(0, -Self.power(of: step))
        guard decimals > 4 || max(abs(high), abs(low)) >= 1e7 else {
            return decimals == 0 ? Numbers.count(Numbers.whole(tick)) : Numbers.fixed(tick, decimals)
        }
        guard abs(tick) > step / 2 else { return "0" }
        let power = Self.power(of: tick)
        let digits = Numbers.fixed(tick / pow(10, Double(power)), max(0, power - Self.power(of: step)))
        return digits + "e" + Numbers.fixed(Double(power), 0)
    }

    /// The power of ten of a number's first digit.
    private static func power(of value: Double) -> Int {
        Numbers.whole((log10(abs(value)) + 1e-9).rounded(.down))
    }

    /// The position of a value between `start`, the position of the axis's low end, and `end`, that of its high end.
    package func place(_ value: Double, from start: Double, to end: Double) -> Double {
        start + (min(max(value, low), high) - low) / (high - low) * (end - start)
    }
}
