import Foundation

/// A range of numbers with round ticks in it: multiples of 1, 2 or 5 times a power of ten.
package struct Axis: Sendable {
    package let low: Double
    package let high: Double
    package let ticks: [Double]
    private let step: Double

    /// The smallest axis around `values`, with a little room at both ends.
    ///
    /// Equal values, or none, get a range around them, so that an axis is never empty; what is not finite is passed over.
    /// - Parameters:
    ///   - count: about how many ticks.
    ///   - limits: what no value can exceed, so that the room stops there.
    ///   - whole: ticks only at whole numbers, and no room.
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

    /// Which multiples of `step` lie on the axis.
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

    /// A tick as text: as many decimals as the step needs, thousands apart, powers of ten for the very small and large.
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

    /// The power of ten that a number's first digit stands for.
    private static func power(of value: Double) -> Int {
        Numbers.whole((log10(abs(value)) + 1e-9).rounded(.down))
    }

    /// Where a value lies between `start`, the place of the axis's low end, and `end`, that of its high end.
    package func place(_ value: Double, from start: Double, to end: Double) -> Double {
        start + (min(max(value, low), high) - low) / (high - low) * (end - start)
    }
}
