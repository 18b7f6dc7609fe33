import PladRecords

/// A plot of samples by likelihood under a student and by quality: a faint dot for each sample, a line through the means of tenths. A
/// rising line is a student whose likelihood orders completions like their quality.
struct LikelihoodPlot {
    let title: String
    let quality: LikelihoodQuality
    /// Name of the quality.
    let likeness: String
    /// Axis that the plots of all students share, so that they can be compared by eye.
    let x: Axis

    /// The axis for the likelihoods of all students' samples.
    static func axis(_ qualities: [LikelihoodQuality]) -> Axis {
        Axis(around: qualities.flatMap { $0.points.compactMap(\.first) + $0.bins.map(\.logProbabilityPerToken) }, ticks: 5)
    }

    func markup() -> String {
        let frame = PlotFrame(
            x: x, y: Axis(around: [0, 1], limits: 0...1), xTitle: "log-probability per token, nats", yTitle: likeness)
        let place = frame.place
        var svg = frame.svg()
        for point in quality.points where point.count == 2 && point.allSatisfy(\.isFinite) {
            let spot = place(point[0], point[1])
            svg.dot(spot.x, spot.y, radius: 1.6, "faint")
        }
        let bins = quality.bins.filter { $0.logProbabilityPerToken.isFinite && $0.quality.isFinite }
        let means = bins.map { place($0.logProbabilityPerToken, $0.quality) }
        if means.count > 1 { svg.path(means, "curve first") }
        for mean in means { svg.dot(mean.x, mean.y, radius: 3, "dot first") }
        let parts = bins.map { "at \(Numbers.fixed($0.logProbabilityPerToken, 2)) nats \(Numbers.fixed($0.quality, 2))" }
        return svg.markup(label: "\(title), means of tenths of the samples from the least likely on: " + parts.joined(separator: "; "))
    }
}
