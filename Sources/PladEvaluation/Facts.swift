/// Finds strings that a completion repeats exactly: case, accents and spaces count.
package enum Facts {
    /// The number of facts in the text.
    package static func kept(_ facts: [String], in text: String) -> Int {
        let text = Array(text.utf8)
        return facts.count { isKept(Array($0.utf8), in: text) }
    }

    /// True if the text contains the fact.
    package static func isKept(_ fact: String, in text: String) -> Bool {
        isKept(Array(fact.utf8), in: Array(text.utf8))
    }

    /// True if the text contains the fact; a number only whole: 12 is not in 312 or 120, but it is in "12kg".
    private static func isKept(_ fact: [UInt8], in text: [UInt8]) -> Bool {
        guard let first = fact.first, let last = fact.last else { return true }
        guard fact.count <= text.count else { return false }
        return (0...text.count - fact.count).contains { start in
            let end = start + fact.count
            return text[start] == first && text[start..<end].elementsEqual(fact)
                && !(isDigit(first) && start > 0 && isDigit(text[start - 1]))
                && !(isDigit(last) && end < text.count && isDigit(text[end]))
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
