import Foundation

/// The text of a JSON object from which members can be removed without changing the rest.
struct MemberText {
    private(set) var bytes: [UInt8]

    /// - Precondition: the data is one JSON object, as a parser has checked.
    init(_ object: Data) { bytes = Array(object) }

    /// Byte range of a member, from its name to the end of its value; nil if there is none.
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

    /// Removes a member with the comma after it or, if it is the last one, before it.
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

    /// True if a colon follows, so that the string is a member's name and not a value.
    private func isName(before place: Int) -> Bool {
        bytes[place...].first { !Self.isSpace($0) } == UInt8(ascii: ":")
    }

    /// Position after the closing quotation mark.
    private func endOfString(from start: Int) -> Int {
        var place = start + 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") { place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(place + 1, bytes.count)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }
}
