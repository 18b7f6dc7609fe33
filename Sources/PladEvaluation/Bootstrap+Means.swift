package import PladRecords

extension Bootstrap {
    /// Number of prompts above which the normal interval is used: it agrees with the percentiles of resampled means to three digits of
    /// the width, at no cost.
    private static let normalBeyond = 10_000

    /// The means of several columns over the same prompts, all resampled together.
    package func means(of columns: [[Double]]) -> [Estimate] {
        let count = columns.first?.count ?? 0
        precondition(columns.allSatisfy { $0.count == count }, "columns of \(columns.map(\.count)) prompts cannot be resampled together")
        guard count > 0 else { return columns.map { _ in Estimate(mean: 0, low: 0, high: 0, count: 0) } }
        return count > Self.normalBeyond ? columns.map(Self.normalInterval) : resampledMeans(of: columns, count: count)
    }

    private func resampledMeans(of columns: [[Double]], count: Int) -> [Estimate] {
        var statistics = columns.map { _ in [Double]() }
        forEachResample(prompts: count) { times in
            for (index, column) in columns.enumerated() {
                statistics[index].append(zip(column, times).reduce(0) { $0 + $1.0 * $1.1 } / Double(count))
            }
        }
        return zip(columns, statistics).map { column, statistics in
            let sorted = statistics.sorted()
            return Estimate(
                mean: column.reduce(0, +) / Double(count), low: sorted.quantile(0.025)!, high: sorted.quantile(0.975)!, count: count)
        }
    }

    /// The mean ± 1.96 standard errors.
    private static func normalInterval(of values: [Double]) -> Estimate {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let half = 1.959964 * (variance / count).squareRoot()
        return Estimate(mean: mean, low: mean - half, high: mean + half, count: values.count)
    }
}
