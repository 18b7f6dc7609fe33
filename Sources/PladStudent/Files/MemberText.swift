import Foundation

/// The text of a JSON object, out of which members can be cut while all else stays as it is written.
struct MemberText {
    private(set) var bytes: [UInt8]

    /// - Precondition: the data is one JSON object, which a parser has read.
    init(_ object: Data) { bytes = Array(object) }

    /// Where a member of the object stands, from its name to the end of its value; nil where there is none.
    func member(_ name: String) -> Range<Int>? {
        let wanted = Array("\"\(name)\"".utf8)
        var (depth, place) = (0, 0)
        var found: Int?
        while place < bytes.count {
            let byte = bytes[place]
            if let start = found, depth == 1, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") { return start..<place }
            switch byte {
            case UInt8(ascii: "\""):
                let end = endOfString(from: place)
                if depth == 1, found == nil, bytes[place..<end].elementsEqual(wanted), isName(before: end) { found = place }
                place = end
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            place += 1
        }
        return nil
    }

    /// Cuts a member out, with the comma that parts it from the next or, at the end, from the one before.
    mutating func remove(_ member: Range<Int>) {
        if bytes[member.upperBound] == UInt8(ascii: ",") {
            var end = member.upperBound + 1
            while end < bytes.count, Self.isSpace(bytes[end]) { end += 1 }
            bytes.removeSubrange(member.lowerBound..<end)
        } else {
            var start = member.lowerBound
            while start > 0, Self.isSpace(bytes[start - 1]) { start -= 1 }
            if start > 0, bytes[start - 1] == UInt8(ascii: ",") { start -= 1 }
            var end = member.upperBound
            while end > member.lowerBound, Self.isSpace(bytes[end - 1]) { end -= 1 }
            bytes.removeSubrange(start..<end)
        }
    }

    /// Whether a colon follows: a text of a list has none behind it.
    private func isName(before place: Int) -> Bool {
        bytes[place...].first { !Self.isSpace($0) } == UInt8(ascii: ":")
    }

    /// Behind the closing quotation mark.
    private func endOfString(from start: Int) -> Int {
        var place = start + 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") { place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(place + 1, bytes.count)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }
}
