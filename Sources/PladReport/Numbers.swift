import Foundation

/// Formats numbers for people, the same in every locale.
package enum Numbers {
    /// A number with fixed decimals and a true minus sign; −0 is 0.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        plain(value, decimals).replacing("-", with: "−")
    }

    /// A number like `fixed`, with its sign also if it is plus.
    static func signed(_ value: Double, _ decimals: Int) -> String {
        let text = fixed(value, decimals)
        return value > 0 && text.contains { ("1"..."9").contains($0) } ? "+" + text : text
    }

    /// A number with fixed decimals in ASCII.
    static func plain(_ value: Double, _ decimals: Int) -> String {
        let text = String(format: "%.\(decimals)f", value)
        let isZero = !text.contains { ("1"..."9").contains($0) }
        return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
    }

    /// A count with thousands separated: 12345 is 12,345.
    package static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "−" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A duration: 0.84 s, 12.3 s, 4 min 05 s, 2 h 03 min.
    static func duration(seconds: Double) -> String {
        switch seconds {
        case ..<9.995: return fixed(seconds, 2) + " s"
        case ..<59.95: return fixed(seconds, 1) + " s"
        case ..<3599.5:
            let whole = self.whole(seconds)
            return "\(whole / 60) min \(padded(whole % 60)) s"
        default:
            let minutes = whole(seconds / 60)
            return "\(count(minutes / 60)) h \(padded(minutes % 60)) min"
        }
    }

    /// The nearest integer, at most 10^15 in magnitude, since a stranger's records may hold any number; 0 for NaN.
    static func whole(_ value: Double) -> Int { value.isNaN ? 0 : Int(min(max(value, -1e15), 1e15).rounded()) }

    private static func padded(_ value: Int) -> String {
        (value < 10 ? "0" : "") + String(value)
    }
}
