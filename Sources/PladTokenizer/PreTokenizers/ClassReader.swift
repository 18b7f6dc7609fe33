/// Reads the classes of characters from UTF-8 bytes.
struct ClassReader {
    let text: UnsafePointer<UInt8>
    let end: Int
    private let table: UnsafePointer<UInt8>
    private let tableCount: UInt32

    init(_ text: UnsafePointer<UInt8>, end: Int) {
        self.text = text
        self.end = end
        table = CharacterClasses.table.base
        tableCount = UInt32(CharacterClasses.table.count)
    }

    /// The classes of the character at `position`, which is below `end`, and the position of the next one.
    @inline(__always)
    func read(_ position: Int) -> (classes: CharacterClasses, next: Int) {
        let byte = text[position]
        if byte < 0x80 { return (CharacterClasses(rawValue: table[Int(byte)]), position + 1) }
        let character = UTF8Bytes.read(text, at: position, end: end)
        return (CharacterClasses(rawValue: character.code < tableCount ? table[Int(character.code)] : 0), character.next)
    }

    /// End of the run from `position` on of characters whose classes meet `wanted`.
    @inline(__always)
    func end(from position: Int, while wanted: (CharacterClasses) -> Bool) -> Int {
        var position = position
        while position < end {
            let (classes, next) = read(position)
            guard wanted(classes) else { break }
            position = next
        }
        return position
    }

    /// End of a match of `\s+(?!\S)|\s+`: before the last white space character, which goes with the word behind it, unless the run
    /// ends the text or has only that character.
    @inline(__always)
    func endOfSpaces(from start: Int) -> Int {
        var position = start
        var last = start
        while position < end {
            let (classes, next) = read(position)
            guard classes.contains(.space) else { return last > start ? last : position }
            last = position
            position = next
        }
        return end
    }
}

extension CharacterClasses {
    @inline(__always) var isLetter: Bool { rawValue & Self.letter.rawValue != 0 }
    @inline(__always) var isNumber: Bool { rawValue & Self.number.rawValue != 0 }
    @inline(__always) var isSpace: Bool { rawValue & Self.space.rawValue != 0 }
    /// True for a character of `[^\s\p{L}\p{N}]`.
    @inline(__always) var isOther: Bool { rawValue & (Self.letter.rawValue | Self.number.rawValue | Self.space.rawValue) == 0 }
}
