import Foundation

/// An SVG drawing under construction. Colours, fonts and widths are classes of the report's style; texts are escaped.
struct SVG {
    private var body = ""
    private let width: Double
    private let height: Double

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    enum Anchor: String { case start, middle, end }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
        body +=
            "<line class=\"\(style)\" x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\"/>"
    }

    mutating func path(_ points: [(x: Double, y: Double)], closed: Bool = false, _ style: String) {
        let steps = points.map { "\(Self.number($0.x)) \(Self.number($0.y))" }.joined(separator: "L")
        body += "<path class=\"\(style)\" d=\"M\(steps)\(closed ? "Z" : "")\"/>"
    }

    mutating func dot(_ x: Double, _ y: Double, radius: Double, _ style: String) {
        body += "<circle class=\"\(style)\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\"/>"
    }

    mutating func bar(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String) {
        body +=
            "<rect class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" height=\"\(Self.number(height))\"/>"
    }

    mutating func text(_ text: String, _ x: Double, _ y: Double, _ anchor: Anchor, _ style: String) {
        body +=
            "<text class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor.rawValue)\">\(text.escaped)</text>"
    }

    /// The markup of the whole drawing; `label` describes it to those who cannot see it.
    func markup(label: String) -> String {
        "<svg viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" role=\"img\" aria-label=\"\(label.escaped)\">\(body)</svg>"
    }

    /// A number of pixels with one decimal at most.
    private static func number(_ value: Double) -> String {
        let tenths = Numbers.whole(value * 10)
        let (whole, tenth) = (tenths.magnitude / 10, tenths.magnitude % 10)
        return (tenths < 0 ? "-" : "") + "\(whole)" + (tenth == 0 ? "" : ".\(tenth)")
    }
}

extension String {
    /// Approximate width of the text in the plots' font of 11 pixels.
    var plotWidth: Double { Double(count) * 6.1 }
}
