/// A bar plot from a common zero, each bar with its name and its number.
struct BarPlot {
    let title: String
    let rows: [(name: String, value: Double, text: String)]

    private static let width = 360.0
    private static let rowHeight = 24.0

    func markup() -> String {
        let left = (rows.map { $0.name.plotWidth }.max() ?? 0) + 12
        let right = Self.width - (rows.map { $0.text.plotWidth }.max() ?? 0) - 14
        let most = rows.map(\.value).filter(\.isFinite).max() ?? 0
        var svg = SVG(width: Self.width, height: Double(rows.count) * Self.rowHeight + 4)
        for (index, row) in rows.enumerated() {
            let top = Double(index) * Self.rowHeight
            svg.text(row.name, 0, top + 16, .start, "name")
            let share = most > 0 && row.value.isFinite ? max(0, row.value / most) : 0
            svg.bar(left, top + 7, share * max(right - left, 20), 10, "bar")
            svg.text(row.text, Self.width, top + 16, .end, "name")
        }
        return svg.markup(label: "\(title): " + rows.map { "\($0.name) \($0.text)" }.joined(separator: ", "))
    }
}
