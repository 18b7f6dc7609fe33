import PladRecords

/// A plot of how often a student orders a pair correctly, by its confidence; on the diagonal both are equal.
struct ReliabilityPlot {
    let title: String
    let bins: [ReliabilityBin]

    func markup() -> String {
        let frame = PlotFrame(
            x: Axis(around: [0.5, 1], limits: 0.5...1), y: Axis(around: [0, 1], limits: 0...1), xTitle: "confidence", yTitle: "share right")
        let place = frame.place
        var svg = frame.svg()
        let (from, to) = (place(0.5, 0.5), place(1, 1))
        svg.line(from.x, from.y, to.x, to.y, "phase")
        let drawable = bins.filter { $0.confidence.isFinite && $0.accuracy.isFinite }
        let points = drawable.map { place($0.confidence, $0.accuracy) }
        if points.count > 1 { svg.path(points, "curve first") }
        let most = Double(drawable.map(\.count).max() ?? 1)
        for (point, bin) in zip(points, drawable) {
            // The area stands for the number of pairs.
            svg.dot(point.x, point.y, radius: 1.5 + 4.5 * (Double(bin.count) / most).squareRoot(), "dot first")
        }
        let parts = drawable.map { "\(Numbers.fixed($0.confidence, 2)) sure, \(Numbers.fixed($0.accuracy, 2)) right, \($0.count) pairs" }
        return svg.markup(label: "\(title): " + parts.joined(separator: "; "))
    }
}
