/// An amount of US dollars, exact to a billionth; a token of the cheapest model costs ten billionths.
package struct Money: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    package var nanodollars: Int64

    package init(nanodollars: Int64) { self.nanodollars = nanodollars }

    /// Converts dollars, rounded up, so that no sum is too small. Amounts above nine billion dollars, and NaN, become nine billion.
    package init(dollars: Double) {
        nanodollars = dollars.isNaN ? 9_000_000_000_000_000_000 : Int64(min(max(dollars * 1e9, 0), 9e18).rounded(.up))
    }

    package static let zero = Money(nanodollars: 0)

    package var dollars: Double { Double(nanodollars) / 1e9 }

    /// The amount like `$0.0042`: cents and, below ten dollars, two more digits.
    package var description: String {
        let digits = nanodollars < 10_000_000_000 ? 4 : 2
        var scale: Int64 = 1_000_000_000
        for _ in 0..<digits { scale /= 10 }
        let parts = (min(nanodollars, .max - scale) + scale / 2) / scale
        let text = String(parts)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return "$\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }

    package static func + (one: Money, other: Money) -> Money {
        let (sum, overflow) = one.nanodollars.addingReportingOverflow(other.nanodollars)
        return Money(nanodollars: overflow ? .max : sum)
    }

    package static func < (one: Money, other: Money) -> Bool { one.nanodollars < other.nanodollars }
}
