import PladRecords

/// A plot of each row's distribution: a dot for the median, a thick line for the middle half, a thin one for 10 % to 90 %.
struct SpreadPlot {
    let title: String
    private let rows: [(name: String, spread: Spread)]
    private let decimals: Int

    private static let (width, rowHeight) = (360.0, 24.0)

    /// Makes the plot; rows without a spread are left out.
    init(title: String, rows: [(name: String, spread: Spread?)], decimals: Int) {
        self.title = title
        self.decimals = decimals
        self.rows = rows.compactMap { row in
            row.spread.flatMap { spread in spread.values.allSatisfy(\.isFinite) ? (name: row.name, spread: spread) : nil }
        }
    }

    var isEmpty: Bool { rows.isEmpty }

    func markup() -> String {
        let axis = Axis(around: rows.flatMap { $0.spread.values }, ticks: 4)
        let bottom = Double(rows.count) * Self.rowHeight + 6
        let names = rows.map { $0.name.count > 17 ? "…" + $0.name.suffix(16) : $0.name }
        let left = (names.map(\.plotWidth).max() ?? 0) + 12
        let right = Self.width - (rows.map { Numbers.fixed($0.spread.p50, decimals).plotWidth }.max() ?? 0) - 14
        var svg = SVG(width: Self.width, height: bottom + 22)
        for tick in axis.ticks {
            let place = axis.place(tick, from: left, to: right)
            svg.line(place, 4, place, bottom, "grid")
            svg.text(axis.label(tick), place, bottom + 15, .middle, "tick")
        }
        for (index, row) in rows.enumerated() {
            let middle = (Double(index) + 0.5) * Self.rowHeight + 4
            let spread = row.spread
            let place = { axis.place($0, from: left, to: right) }
            svg.text(names[index], 0, middle + 4, .start, "name")
            svg.line(place(spread.p10), middle, place(spread.p90), middle, "thin")
            svg.line(place(spread.p25), middle, place(spread.p75), middle, "thick")
            svg.dot(place(spread.p50), middle, radius: 3.5, "dot median")
            svg.text(Numbers.fixed(spread.p50, decimals), Self.width, middle + 4, .end, "name")
        }
        let parts = rows.map { row in
            "\(row.name) median \(Numbers.fixed(row.spread.p50, decimals)), 10 to 90 % "
                + "\(Numbers.fixed(row.spread.p10, decimals)) to \(Numbers.fixed(row.spread.p90, decimals))"
        }
        return svg.markup(label: "\(title): " + parts.joined(separator: "; "))
    }
}

extension Spread {
    fileprivate var values: [Double] { [p10, p25, p50, p75, p90] }
}
