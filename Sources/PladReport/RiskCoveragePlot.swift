import PladRecords

/// How good a student's answers are where it answers only what it is surest of: across, the share answered; up, their mean quality.
struct RiskCoveragePlot {
    let title: String
    let curve: RiskCoverage

    private static let (width, height) = (360.0, 206.0)
    private static let (left, right, top, bottom) = (30.0, 352.0, 16.0, 164.0)

    func markup() -> String {
        let axis = Axis(around: [0, 1], limits: 0...1)
        var svg = SVG(width: Self.width, height: Self.height)
        for tick in axis.ticks {
            let height = axis.place(tick, from: Self.bottom, to: Self.top)
            svg.line(Self.left, height, Self.right, height, "grid")
            svg.text(axis.label(tick), Self.left - 6, height + 3.5, .end, "tick")
            svg.text(axis.label(tick), axis.place(tick, from: Self.left, to: Self.right), Self.bottom + 16, .middle, "tick")
        }
        svg.text("mean quality", 0, 8, .start, "tick quiet")
        svg.text("share answered", Self.right, Self.height - 5, .end, "tick quiet")
        let points = curve.points.filter { $0.count == 2 && $0.allSatisfy(\.isFinite) }
        let places = points.map { point in
            (
                x: axis.place(point[0], from: Self.left, to: Self.right),
                y: axis.place(min(1, max(0, point[1])), from: Self.bottom, to: Self.top)
            )
        }
        if places.count > 1 { svg.path(places, "curve first") }
        if let last = places.last { svg.dot(last.x, last.y, radius: 3, "dot first") }
        let parts = [0.25, 0.5, 0.75, 1].compactMap { share in
            points.first { $0[0] >= share - 1e-9 }.map { "of \(Numbers.fixed($0[0], 2)) \(Numbers.fixed($0[1], 2))" }
        }
        return svg.markup(label: "\(title), mean quality of the surest answers: " + parts.joined(separator: "; "))
    }
}
