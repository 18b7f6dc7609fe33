package import PladRecords

extension Spread {
    /// Computes percentiles of the values, linear between neighbours; nil if there are none.
    package init?(of values: some Sequence<Double>) {
        let sorted = values.sorted()
        guard let p10 = sorted.quantile(0.1), let p25 = sorted.quantile(0.25), let p50 = sorted.quantile(0.5),
            let p75 = sorted.quantile(0.75), let p90 = sorted.quantile(0.9)
        else { return nil }
        self.init(p10: p10, p25: p25, p50: p50, p75: p75, p90: p90)
    }
}
