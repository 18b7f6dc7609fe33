/// A plot of curves over steps on common axes, named at their ends.
struct LinePlot {
    let title: String
    let curves: [Curve]
    /// Bounds of all values.
    var limits: ClosedRange<Double>?
    /// Start and name of each phase.
    var phases: [(x: Double, name: String)] = []

    private static let (width, height) = (360.0, 200.0)
    private static let (top, bottom) = (16.0, 168.0)
    /// Styles in the order of the curves; the second line is dashed, so that colour is not needed to distinguish them.
    private static let styles = ["first", "second", "third"]

    var isEmpty: Bool { curves.allSatisfy(\.points.isEmpty) }

    func markup() -> String {
        let y = Axis(around: curves.flatMap(\.points).flatMap { [$0.low, $0.high] }, limits: limits)
        let x = Axis(around: curves.flatMap(\.points).map(\.x), ticks: 5, whole: true)
        let left = (y.ticks.map { y.label($0).plotWidth }.max() ?? 20) + 8
        let right = Self.width - (curves.count > 1 ? (curves.map { $0.name.plotWidth }.max() ?? 0) + 10 : 8)
        var svg = SVG(width: Self.width, height: Self.height)
        drawAxes(x, y, left, right, &svg)
        let place = { (point: Curve.Point, value: Double) in
            (x: x.place(point.x, from: left, to: right), y: y.place(value, from: Self.bottom, to: Self.top))
        }
        for (curve, style) in zip(curves, Self.styles) {
            if curve.stride > 1, curve.points.count > 1 {
                let band = curve.points.map { place($0, $0.high) } + curve.points.reversed().map { place($0, $0.low) }
                svg.path(band, closed: true, "band \(style)")
            }
        }
        for (curve, style) in zip(curves, Self.styles) {
            if curve.points.count > 1 { svg.path(curve.points.map { place($0, $0.mean) }, "curve \(style)") }
            if let last = curve.points.last {
                let end = place(last, last.mean)
                svg.dot(end.x, end.y, radius: 2.5, "dot \(style)")
            }
        }
        if curves.count > 1 { nameCurves(y, right, &svg) }
        return svg.markup(label: label)
    }

    private func drawAxes(_ x: Axis, _ y: Axis, _ left: Double, _ right: Double, _ svg: inout SVG) {
        for tick in y.ticks {
            let place = y.place(tick, from: Self.bottom, to: Self.top)
            svg.line(left, place, right, place, "grid")
            svg.text(y.label(tick), left - 6, place + 3.5, .end, "tick")
        }
        svg.line(left, Self.bottom, right, Self.bottom, "axis")
        for tick in x.ticks {
            let place = x.place(tick, from: left, to: right)
            svg.line(place, Self.bottom, place, Self.bottom + 4, "axis")
            svg.text(x.label(tick), place, Self.bottom + 16, .middle, "tick")
        }
        svg.text("step", right, Self.height - 3, .end, "tick quiet")
        for phase in phases where phases.count > 1 {
            let place = x.place(phase.x, from: left, to: right)
            svg.line(place, Self.top - 8, place, Self.bottom, "phase")
            svg.text(phase.name, place + 3, Self.top - 4, .start, "tick quiet")
        }
    }

    /// Writes each name beside its curve's end, moved apart if ends are close.
    private func nameCurves(_ y: Axis, _ right: Double, _ svg: inout SVG) {
        let ends = zip(curves, Self.styles).compactMap { curve, style in
            curve.points.last.map { (y: y.place($0.mean, from: Self.bottom, to: Self.top), name: curve.name, style: style) }
        }
        var above = -Double.infinity
        for end in ends.sorted(by: { $0.y < $1.y }) {
            let place = max(end.y, above + 12)
            svg.text(end.name, right + 6, place + 3.5, .start, "name \(end.style)")
            above = place
        }
    }

    private var label: String {
        let parts = curves.compactMap { curve in
            curve.points.first.flatMap { first in
                curve.points.last.map { "\(curve.name) from \(Numbers.fixed(first.mean, 3)) to \(Numbers.fixed($0.mean, 3))" }
            }
        }
        return "\(title): " + parts.joined(separator: ", ")
    }
}
