/// Finds the places of a text where a mark of control text may begin, byte by byte.
///
/// A mark begins with `<` or `[` and ends, in the same word, with `>` or `]`: at nearly all other places nothing has to be compared.
enum PossibleMark {
    /// Largest number of bytes up to a mark's first closing bracket.
    private static let longest = 180

    /// The first such place; nil if there is none. Takes one pass.
    static func first(in text: Substring) -> Substring.Index? {
        let offset = text.utf8.withContiguousStorageIfAvailable(offset) ?? Array(text.utf8).withUnsafeBufferPointer(offset)
        return offset.map { text.utf8.index(text.startIndex, offsetBy: $0) }
    }

    private static func offset(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var start: Int?
        for (place, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: "["): start = place
            case UInt8(ascii: ">"), UInt8(ascii: "]"):
                if let start, place - start <= longest { return start }
            // MiniMax writes `[e~[`.
            case UInt8(ascii: "~"):
                if let start, place - start == 2 { return start }
            case ...0x20: start = nil
            default: break
            }
        }
        return nil
    }
}
