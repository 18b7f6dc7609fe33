import PladRecords

/// Joins characters above U+FFFF that an endpoint has cut between the UTF-16 halves of their JSON escapes, `"\ud83d"` in one event and
/// `"\ude00"` in the next: neither half is a character by itself.
///
/// Before events are parsed, each lone half becomes a private-use character, which survives parsing and joining; afterwards pairs
/// become their character, and a half without its other half U+FFFD.
enum SurrogateHalves {
    /// Character of half 0xd800; the others follow. In a private plane, so that texts do not contain them.
    private static let first: UInt32 = 0xff000

    /// True if the JSON text holds a half without its other half.
    static func stand(in json: String) -> Bool { marked(json, isLooking: true) != nil }

    /// The JSON text with a private character for every lone half.
    static func marked(_ json: String) -> String { marked(json, isLooking: false) ?? json }

    /// The marked text; nil for a text without a lone half. If `isLooking`, any text means that there is one.
    private static func marked(_ json: String, isLooking: Bool) -> String? {
        let bytes = Array(json.utf8)
        guard bytes.contains(UInt8(ascii: "\\")) else { return nil }
        var output: [UInt8] = []
        var (place, copied) = (0, 0)
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "\\") else {
                place += 1
                continue
            }
            guard let half = half(in: bytes, at: place) else {
                place += 2
                continue
            }
            if half < 0xdc00, let low = Self.half(in: bytes, at: place + 6), low >= 0xdc00 {
                place += 12
                continue
            }
            if isLooking { return json }
            output += bytes[copied..<place]
            output += String(Character(Unicode.Scalar(first + half - 0xd800)!)).utf8
            place += 6
            copied = place
        }
        guard copied > 0 else { return nil }
        return String(decoding: output + bytes[copied...], as: UTF8.self)
    }

    /// The UTF-16 half of the escape `\uXXXX` at this position; nil for another.
    private static func half(in bytes: [UInt8], at place: Int) -> UInt32? {
        guard place + 6 <= bytes.count, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u"),
            let unit = UInt32(String(decoding: bytes[place + 2..<place + 6], as: UTF8.self), radix: 16)
        else { return nil }
        return (0xd800..<0xe000).contains(unit) ? unit : nil
    }

    static func joined(_ document: JSONValue) -> JSONValue {
        switch document {
        case .string(let text): .string(joined(text))
        case .array(let elements): .array(elements.map(joined))
        case .object(let members): .object(members.mapValues(joined))
        case .null, .bool, .int, .double: document
        }
    }

    private static func joined(_ text: String) -> String {
        func half(_ scalar: Unicode.Scalar) -> UInt32? {
            (first..<first + 0x800).contains(scalar.value) ? scalar.value - first + 0xd800 : nil
        }
        var scalars = String.UnicodeScalarView()
        var high: UInt32?
        for scalar in text.unicodeScalars {
            let half = half(scalar)
            if let low = half, low >= 0xdc00, let before = high {
                scalars.append(Unicode.Scalar(0x10000 + (before - 0xd800) << 10 + (low - 0xdc00))!)
                high = nil
                continue
            }
            if high != nil { scalars.append("\u{fffd}") }
            high = nil
            if let half, half < 0xdc00 { high = half } else { scalars.append(half == nil ? scalar : "\u{fffd}") }
        }
        if high != nil { scalars.append("\u{fffd}") }
        return String(scalars)
    }
}
