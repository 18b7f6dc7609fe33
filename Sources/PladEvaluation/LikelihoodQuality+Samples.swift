import PladRecords

extension LikelihoodQuality {
    private static let (binCount, pointCount) = (10, 300)

    /// Puts the samples of all prompts into bins of equal size by log-probability per token; nil without samples.
    ///
    /// Keeps a regular selection of the samples as points.
    init?(of prompts: [HeldOutMeasurement], by likeness: SimilarityMetric) {
        let samples = prompts.flatMap { prompt in
            zip(prompt.samples, prompt.qualities(likeness)).map { (likelihood: $0.logProbabilityPerToken, quality: $1) }
        }
        guard !samples.isEmpty else { return nil }
        // Equal likelihoods keep their order, so that the bins do not depend on how the sort treats them.
        let sorted = samples.enumerated().sorted { ($0.element.likelihood, $0.offset) < ($1.element.likelihood, $1.offset) }.map(\.element)
        let count = min(Self.binCount, sorted.count)
        let bins = (0..<count).map { bin in
            let part = sorted[bin * sorted.count / count..<(bin + 1) * sorted.count / count]
            return Bin(
                logProbabilityPerToken: part.reduce(0) { $0 + $1.likelihood } / Double(part.count),
                quality: part.reduce(0) { $0 + $1.quality } / Double(part.count), count: part.count)
        }
        let step = (samples.count + Self.pointCount - 1) / Self.pointCount
        let points = stride(from: 0, to: samples.count, by: step).map { [samples[$0].likelihood, samples[$0].quality] }
        self.init(bins: bins, points: points)
    }
}
