/// Finds mapping keys in one line of YAML that are or hold an alias (`*name`) or are marked by `?`, byte by byte.
///
/// Quotes are not interpreted: text in quotes that looks like such a key is found too.
struct AliasedKeyScanner {
    /// True while only white space and dashes precede, from the start of the line, list element or mapping entry.
    private var isAtBeginning = true
    /// True if the last byte was a question mark at a beginning.
    private var isMarked = false
    /// Number of bytes of the current alias after its star; nil outside an alias.
    private var aliasBytes: Int?
    /// True if an alias, or a bracket with one, ends here or before white space here.
    private var isBehindAlias = false
    /// True for each open bracket that holds an alias.
    private var brackets: [Bool] = []
    private var before = UInt8(ascii: " ")

    /// Takes the line's next byte. Returns true if the bytes before it are such a key.
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

    /// True if an alias can follow this byte.
    private func isOpening(_ byte: UInt8) -> Bool {
        [0x20, 0x09, UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ",")].contains(byte)
    }
}
