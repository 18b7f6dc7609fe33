package import PladRecords

extension RiskCoverage {
    /// Share of right completions that the threshold is set for.
    private static let wanted = 0.95
    private static let pointCount = 100

    /// Computes the curve over greedy completions, the most confident first; nil if they have no quality or log-probability.
    ///
    /// Source: El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification".
    init?(of prompts: [HeldOutMeasurement]) {
        let sorted = Self.surestFirst(prompts)
        guard !sorted.isEmpty else { return nil }
        var (sum, points) = (0.0, [[Double]]())
        let step = max(1, sorted.count / Self.pointCount)
        for (index, answer) in sorted.enumerated() {
            sum += answer.quality
            if (index + 1) % step == 0 || index + 1 == sorted.count {
                points.append([Double(index + 1) / Double(sorted.count), sum / Double(index + 1)])
            }
        }
        self.init(points: points)
    }

    /// Sets the threshold by other prompts than those of the curve, and computes its coverage and quality on the latter.
    package mutating func setThreshold(by chosen: [HeldOutMeasurement], on prompts: [HeldOutMeasurement]) {
        threshold = Self.threshold(of: chosen)
        guard let threshold else { return }
        let answers = Self.surestFirst(prompts)
        let above = answers.filter { $0.likelihood >= threshold }
        coverage = Double(above.count) / Double(max(1, answers.count))
        precision = above.isEmpty ? nil : above.reduce(0) { $0 + $1.quality } / Double(above.count)
    }

    /// The lowest log-probability above which enough of the completions are right; nil if there is none.
    private static func threshold(of prompts: [HeldOutMeasurement]) -> Double? {
        let sorted = surestFirst(prompts)
        var (right, found) = (0, Double?.none)
        for (index, answer) in sorted.enumerated() {
            if answer.quality >= HeldOutMeasurement.right { right += 1 }
            // Answers that are as sure are taken together.
            if index + 1 < sorted.count, sorted[index + 1].likelihood == answer.likelihood { continue }
            if Double(right) >= wanted * Double(index + 1) { found = answer.likelihood }
        }
        return found
    }

    private static func surestFirst(_ prompts: [HeldOutMeasurement]) -> [(likelihood: Double, quality: Double)] {
        prompts.compactMap { prompt in
            guard let likelihood = prompt.answerLogProbability, let quality = prompt.quality else { return nil }
            return (likelihood, quality)
        }.enumerated().sorted {
            $0.element.likelihood != $1.element.likelihood ? $0.element.likelihood > $1.element.likelihood : $0.offset < $1.offset
        }
        .map(\.element)
    }
}
