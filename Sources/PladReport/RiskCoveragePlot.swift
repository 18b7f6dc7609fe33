import PladRecords

/// A plot of mean quality, upwards, by the share of prompts answered, across, when the student answers only the most confident ones.
struct RiskCoveragePlot {
    let title: String
    let curve: RiskCoverage

    func markup() -> String {
        let axis = Axis(around: [0, 1], limits: 0...1)
        let frame = PlotFrame(x: axis, y: axis, xTitle: "share answered", yTitle: "mean quality")
        var svg = frame.svg()
        let points = curve.points.filter { $0.count == 2 && $0.allSatisfy(\.isFinite) }
        let places = points.map { frame.place($0[0], min(1, max(0, $0[1]))) }
        if places.count > 1 { svg.path(places, "curve first") }
        if let last = places.last { svg.dot(last.x, last.y, radius: 3, "dot first") }
        let parts = [0.25, 0.5, 0.75, 1].compactMap { share in
            points.first { $0[0] >= share - 1e-9 }.map { "of \(Numbers.fixed($0[0], 2)) \(Numbers.fixed($0[1], 2))" }
        }
        return svg.markup(label: "\(title), mean quality of the surest completions: " + parts.joined(separator: "; "))
    }
}
