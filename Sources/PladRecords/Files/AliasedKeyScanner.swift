/// Finds keys of a YAML mapping that are or hold an alias (`*name`), and keys that are marked by `?`, in one line, byte by byte.
///
/// It knows no quotes: it finds what looks like such a key.
struct AliasedKeyScanner {
    /// Nothing but white space and dashes stands before, since the line, the list's element or the mapping's entry began.
    private var isAtBeginning = true
    /// The last byte was a question mark at a beginning.
    private var isMarked = false
    /// The bytes of the alias that goes on here, after its star; nil outside one.
    private var aliasBytes: Int?
    /// An alias, or a bracket that held one, ends here or before white space here.
    private var isBehindAlias = false
    /// For each open bracket, whether an alias stands in it.
    private var brackets: [Bool] = []
    private var before = UInt8(ascii: " ")

    /// Takes the line's next byte. True where it shows that what stands before it is such a key.
    mutating func endsKey(with byte: UInt8) -> Bool {
        defer { before = byte }
        let isSpace = byte == 0x20 || byte == 0x09 || byte == 0x0d
        if isMarked, isSpace { return true }
        isMarked = byte == UInt8(ascii: "?") && isAtBeginning
        switch byte {
        case UInt8(ascii: ":"):
            if isBehindAlias || (aliasBytes ?? 0) > 0 { return true }
            go(behindAlias: false)
        case UInt8(ascii: "*"):
            go(behindAlias: false)
            if isOpening(before) { beginAlias() }
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            brackets.append(false)
            go(behindAlias: false)
            isAtBeginning = true
            return false
        case UInt8(ascii: "]"), UInt8(ascii: "}"): go(behindAlias: brackets.popLast() ?? false)
        case UInt8(ascii: ","):
            go(behindAlias: false)
            isAtBeginning = true
            return false
        default:
            if isSpace {
                go(behindAlias: isBehindAlias || (aliasBytes ?? 0) > 0)
                return false
            }
            let bytes = aliasBytes
            go(behindAlias: false)
            aliasBytes = bytes.map { $0 + 1 }
        }
        isAtBeginning = isAtBeginning && byte == UInt8(ascii: "-")
        return false
    }

    private mutating func go(behindAlias: Bool) { (isBehindAlias, aliasBytes) = (behindAlias, nil) }

    private mutating func beginAlias() {
        aliasBytes = 0
        // Where one bracket is marked, those around it are too.
        for place in brackets.indices.reversed() {
            if brackets[place] { return }
            brackets[place] = true
        }
    }

    /// An alias can begin behind it.
    private func isOpening(_ byte: UInt8) -> Bool {
        [0x20, 0x09, UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ",")].contains(byte)
    }
}
