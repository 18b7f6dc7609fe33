import PladRecords

/// A plot of one measure of several students: a dot for the mean, a line for its 95 % interval, the number beside it.
struct IntervalPlot {
    let title: String
    let rows: [(name: String, estimate: Estimate?)]
    let decimals: Int
    /// Value to compare the rows with, marked by a line.
    var reference: Double?
    /// Bounds of the measure; the axis starts at the lower one.
    var limits: ClosedRange<Double> = 0...1
    /// Index of the row that is drawn in colour; by default the last.
    var emphasis: Int?

    private static let width = 360.0
    private static let rowHeight = 24.0

    func markup() -> String {
        let measured = rows.compactMap { $0.estimate?.measured }
        let axis = Axis(
            around: measured.flatMap { [$0.low, $0.mean, $0.high] } + (reference.map { [$0] } ?? []) + [limits.lowerBound], ticks: 3,
            limits: limits)
        let bottom = Double(rows.count) * Self.rowHeight + 6
        let names = rows.map { $0.name.count > 21 ? "…" + $0.name.suffix(20) : $0.name }
        let left = (names.map(\.plotWidth).max() ?? 0) + 12
        let right = Self.width - (measured.map { Numbers.fixed($0.mean, decimals).plotWidth }.max() ?? 0) - 14
        var svg = SVG(width: Self.width, height: bottom + 22)
        for tick in axis.ticks {
            let place = axis.place(tick, from: left, to: right)
            svg.line(place, 4, place, bottom, "grid")
            svg.text(axis.label(tick), place, bottom + 15, .middle, "tick")
        }
        if let reference {
            let place = axis.place(reference, from: left, to: right)
            svg.line(place, 0, place, bottom, "reference")
        }
        for (index, row) in rows.enumerated() {
            let middle = (Double(index) + 0.5) * Self.rowHeight + 4
            svg.text(names[index], 0, middle + 4, .start, "name")
            guard let estimate = row.estimate?.measured else {
                svg.text("–", Self.width, middle + 4, .end, "name")
                continue
            }
            let style = index == emphasis ?? (rows.count - 1) ? "first" : "plain"
            let place = { axis.place($0, from: left, to: right) }
            svg.line(place(estimate.low), middle, place(estimate.high), middle, "interval \(style)")
            svg.dot(place(estimate.mean), middle, radius: 3.5, "dot \(style)")
            svg.text(Numbers.fixed(estimate.mean, decimals), Self.width, middle + 4, .end, "name \(style)")
        }
        return svg.markup(label: label)
    }

    private var label: String {
        let parts = rows.compactMap { row in
            row.estimate?.measured.map {
                "\(row.name) \(Numbers.fixed($0.mean, decimals)), interval \(Numbers.fixed($0.low, decimals)) to \(Numbers.fixed($0.high, decimals))"
            }
        }
        return "\(title): " + parts.joined(separator: "; ")
    }
}

extension Estimate {
    /// The estimate if there was something to measure and the result is a number; else nil.
    var measured: Estimate? {
        count > 0 && mean.isFinite && low.isFinite && high.isFinite ? self : nil
    }
}
