/// Numbers the words of texts, from 0: equal words have equal numbers.
///
/// A word is a run of a-z and 0-9 in the lower-cased text, as in `rouge_score` 0.1.2.
struct WordNumbers {
    private let stemming: Bool
    private var words = WordTable()
    /// Number of the stem of each of `words`, so that each is stemmed only once.
    private var stems = WordTable()
    private var stemOfWord: [Int32] = []

    init(stemming: Bool) {
        self.stemming = stemming
    }

    /// The number of different words, or stems, seen.
    var count: Int { stemming ? stems.count : words.count }

    /// The text's words, in order.
    mutating func tokens(of text: String) -> [Int32] {
        Array(lines(of: text).joined())
    }

    /// The words of each line; a line without words is left out.
    mutating func lines(of text: String) -> [[Int32]] {
        var text = text
        return text.withUTF8 { bytes in
            var lines: [[Int32]] = []
            var line: [Int32] = []
            var word: [UInt8] = []
            var index = 0
            while index < bytes.count {
                let (letter, length) = Self.letter(in: bytes, at: index)
                if let letter {
                    word.append(letter)
                } else {
                    if !word.isEmpty { line.append(number(of: &word)) }
                    if bytes[index] == UInt8(ascii: "\n"), !line.isEmpty {
                        lines.append(line)
                        line = []
                    }
                }
                index += length
            }
            if !word.isEmpty { line.append(number(of: &word)) }
            if !line.isEmpty { lines.append(line) }
            return lines
        }
    }

    /// The number of a word; takes its letters and leaves `word` empty.
    private mutating func number(of word: inout [UInt8]) -> Int32 {
        defer { word.removeAll(keepingCapacity: true) }
        let (number, isNew) = words.number(of: word)
        guard stemming else { return number }
        if isNew {
            if word.count > 3 { PorterStemmer.stem(&word) }
            stemOfWord.append(stems.number(of: word).number)
        }
        return stemOfWord[Int(number)]
    }

    /// The letter a-z or digit that the character at `index` becomes in lower case, nil for none, and its length in bytes.
    ///
    /// Two characters outside ASCII have a Latin letter in their lower case: the Kelvin sign (k) and İ (i and a combining dot).
    private static func letter(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (letter: UInt8?, length: Int) {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): return (byte, 1)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): return (byte | 0x20, 1)
        case 0xE2 where index + 2 < bytes.count && bytes[index + 1] == 0x84 && bytes[index + 2] == 0xAA: return (UInt8(ascii: "k"), 3)
        // Only the first byte is taken, so that the second one, no letter, ends the word as the dot does.
        case 0xC4 where index + 1 < bytes.count && bytes[index + 1] == 0xB0: return (UInt8(ascii: "i"), 1)
        default: return (nil, 1)
        }
    }
}
