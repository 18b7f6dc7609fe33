import PladRecords

/// Maps a piece of text to its initial symbols, before any merge.
struct BytePairAlphabet: Sendable {
    /// The treatment of a character without a token.
    struct Unknown: Sendable {
        /// Token id of the unknown token; nil drops the character.
        var token: TokenID?
        /// True if adjacent unknown characters become one token.
        var fuses: Bool
        /// Ids of the tokens `<0x00>` to `<0xFF>` that spell the character's bytes, tried first; -1 for a missing one.
        var bytes: [TokenID]?
    }

    /// True if symbols are bytes, spelled in the byte alphabet; false if they are characters.
    let readsBytes: Bool
    let unknown: Unknown
    /// Token id of each byte, or of each ASCII character; -1 for none.
    private let single: FrozenBuffer<TokenID>
    let knowsSpaceSymbol: Bool

    init(readsBytes: Bool, unknown: Unknown, vocabulary: Vocabulary) {
        self.readsBytes = readsBytes
        self.unknown = unknown
        single = FrozenBuffer(
            (0..<256).map { byte in
                if readsBytes { return vocabulary.id(of: ByteAlphabet.utf8(of: UInt8(byte))) ?? -1 }
                return byte < 0x80 ? vocabulary.id(of: [UInt8(byte)]) ?? -1 : -1
            })
        knowsSpaceSymbol = !readsBytes && vocabulary.id(of: SpaceSymbol.utf8) != nil
    }

    /// Id of the token that spells all of `text`, or -1.
    func find(_ text: UnsafePointer<UInt8>, count: Int, in vocabulary: Vocabulary) -> TokenID {
        guard readsBytes else { return vocabulary.find(text, count: count) }
        let spelled = UnsafeBufferPointer(start: text, count: count).flatMap(ByteAlphabet.utf8)
        return vocabulary.id(of: spelled) ?? -1
    }

    /// Writes the initial symbols of `text`, at most one for each byte, and returns their number.
    ///
    /// The order is that of Hugging Face `tokenizers`: an unknown token is emitted only before the next known character, even if
    /// characters spelled by their bytes lie between.
    func symbols(
        of text: UnsafePointer<UInt8>, count: Int, _ vocabulary: Vocabulary, into symbols: UnsafeMutablePointer<TokenID>
    ) -> Int {
        var written = 0
        var waiting: TokenID?
        var position = 0
        while position < count {
            let byte = text[position]
            let next = readsBytes || byte < 0x80 ? position + 1 : min(position + UTF8Bytes.length(startingWith: byte), count)
            let id = readsBytes || byte < 0x80 ? single.base[Int(byte)] : vocabulary.find(text + position, count: next - position)
            let character = UnsafeBufferPointer(start: text + position, count: next - position)
            position = next
            if id >= 0 {
                if let token = waiting {
                    symbols[written] = token
                    written += 1
                    waiting = nil
                }
                symbols[written] = id
                written += 1
            } else if let bytes = unknown.bytes, character.allSatisfy({ bytes[Int($0)] >= 0 }) {
                for byte in character {
                    symbols[written] = bytes[Int(byte)]
                    written += 1
                }
            } else if let token = unknown.token {
                if let earlier = waiting, !unknown.fuses {
                    symbols[written] = earlier
                    written += 1
                }
                waiting = token
            }
        }
        if let token = waiting {
            symbols[written] = token
            written += 1
        }
        return written
    }
}
