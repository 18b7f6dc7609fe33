/// Separates the data in a stream of events from lines that only keep its connection open: blank lines, comments (`: ping`), fields
/// without data (`event: ping`, `id: 7`, `retry: 100`, `data:`) and events whose data is `{"type": "ping"}`.
///
/// A pure value; bytes may arrive in pieces of any size.
struct UsefulLines {
    /// Current line without blanks, as long as it may still be a useless one.
    private var line: [UInt8] = []
    /// True if the current line is longer than any useless one.
    private var isLong = false
    private static let longest = 40
    private static let fields = ["event:", "id:", "retry:"].map { Array($0.utf8) }
    private static let empty = ["", "data:", "data:{\"type\":\"ping\"}", "{}", "data:{}"].map { Array($0.utf8) }

    /// True if these bytes contain, or complete, a useful line.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var isOfUse = false
        for byte in bytes {
            switch byte {
            case 0x0a, 0x0d:
                if Self.isOfUse(line) { isOfUse = true }
                line.removeAll(keepingCapacity: true)
                isLong = false
            case 0x20, 0x09: break
            default:
                if line.count < Self.longest {
                    line.append(byte)
                    isLong = line.count == Self.longest && Self.isOfUse(line)
                }
                if isLong { isOfUse = true }
            }
        }
        return isOfUse
    }

    private static func isOfUse(_ line: [UInt8]) -> Bool {
        line.first != UInt8(ascii: ":") && !fields.contains(where: line.starts(with:)) && !empty.contains(line)
    }
}
