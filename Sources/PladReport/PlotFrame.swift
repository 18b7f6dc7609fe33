/// The axes of a plot of two numbers: a grid with labels on the left, labels below, and both axes' titles.
struct PlotFrame {
    let x: Axis
    let y: Axis
    let xTitle: String
    let yTitle: String

    private static let (width, height) = (360.0, 206.0)
    private static let (left, right, top, bottom) = (30.0, 352.0, 16.0, 164.0)

    /// A drawing with the axes only.
    func svg() -> SVG {
        var svg = SVG(width: Self.width, height: Self.height)
        for tick in y.ticks {
            let height = place(0, tick).y
            svg.line(Self.left, height, Self.right, height, "grid")
            svg.text(y.label(tick), Self.left - 6, height + 3.5, .end, "tick")
        }
        for tick in x.ticks { svg.text(x.label(tick), place(tick, 0).x, Self.bottom + 16, .middle, "tick") }
        svg.text(yTitle, 0, 8, .start, "tick quiet")
        svg.text(xTitle, Self.right, Self.height - 5, .end, "tick quiet")
        return svg
    }

    /// The position of two numbers in the drawing.
    func place(_ across: Double, _ up: Double) -> (x: Double, y: Double) {
        (x: x.place(across, from: Self.left, to: Self.right), y: y.place(up, from: Self.bottom, to: Self.top))
    }
}
