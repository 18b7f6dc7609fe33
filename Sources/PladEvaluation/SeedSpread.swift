/// A measure over runs that differ only in their seed.
package struct SeedSpread: Codable, Sendable, Hashable {
    /// Values, one for each seed.
    package var values: [Double]
    package var mean: Double
    /// Standard deviation with n − 1, and 95 % interval of the mean by Student's t; nil for a single run.
    package var deviation: Double?
    package var low: Double?
    package var high: Double?

    /// - Precondition: there is at least one value.
    package init(_ values: [Double]) {
        precondition(!values.isEmpty, "the spread of no values")
        self.values = values
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        guard values.count > 1 else { return }
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
        self.deviation = deviation
        let half = Self.quantile(degrees: values.count - 1) * deviation / count.squareRoot()
        (low, high) = (mean - half, mean + half)
    }

    /// Half the width of the interval; nil for a single run.
    package var halfWidth: Double? { high.map { $0 - mean } }

    /// The 0.975 quantile of Student's t by degrees of freedom (R 4.3, qt(0.975, 1:30)); above 30 the value for 30, which is at most 4
    /// % too wide.
    static func quantile(degrees: Int) -> Double {
        quantiles[min(degrees, quantiles.count) - 1]
    }

    private static let quantiles = [
        12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199,
        2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
    ]
}
