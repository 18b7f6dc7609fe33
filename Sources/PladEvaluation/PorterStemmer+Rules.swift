/// The conditions and suffix tables of Porter's algorithm.
extension PorterStemmer {
    struct Rule {
        let suffix: StaticString
        let replacement: StaticString

        init(_ suffix: StaticString, _ replacement: StaticString) {
            self.suffix = suffix
            self.replacement = replacement
        }
    }

    static let irregularForms = [
        "sky": "sky", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news", "inning": "inning",
        "innings": "inning", "outing": "outing", "outings": "outing", "canning": "canning", "cannings": "canning", "howe": "howe",
        "proceed": "proceed", "exceed": "exceed", "succeed": "succeed",
    ]

    static let secondStep = [
        Rule("ational", "ate"), Rule("tional", "tion"), Rule("enci", "ence"), Rule("anci", "ance"), Rule("izer", "ize"),
        Rule("bli", "ble"), Rule("alli", "al"), Rule("entli", "ent"), Rule("eli", "e"), Rule("ousli", "ous"),
        Rule("ization", "ize"), Rule("ation", "ate"), Rule("ator", "ate"), Rule("alism", "al"), Rule("iveness", "ive"),
        Rule("fulness", "ful"), Rule("ousness", "ous"), Rule("aliti", "al"), Rule("iviti", "ive"), Rule("biliti", "ble"),
        Rule("fulli", "ful"), Rule("logi", "log"),
    ]

    static let thirdStep = [
        Rule("icate", "ic"), Rule("ative", ""), Rule("alize", "al"), Rule("iciti", "ic"), Rule("ical", "ic"), Rule("ful", ""),
        Rule("ness", ""),
    ]

    static let fourthStep = [
        Rule("al", ""), Rule("ance", ""), Rule("ence", ""), Rule("er", ""), Rule("ic", ""), Rule("able", ""), Rule("ible", ""),
        Rule("ant", ""), Rule("ement", ""), Rule("ment", ""), Rule("ent", ""), Rule("ion", ""), Rule("ou", ""), Rule("ism", ""),
        Rule("ate", ""), Rule("iti", ""), Rule("ous", ""), Rule("ive", ""), Rule("ize", ""),
    ]

    /// Applies the first rule whose suffix the word has, if `condition` is true for the length of the rest; a later rule is not tried.
    static func apply(_ rules: [Rule], to word: inout [UInt8], if condition: (_ word: [UInt8], _ stem: Int) -> Bool) {
        for rule in rules where ends(word, rule.suffix) {
            if condition(word, word.count - rule.suffix.utf8CodeUnitCount) { replace(rule.suffix, rule.replacement, in: &word) }
            return
        }
    }

    static func ends(_ word: [UInt8], _ suffix: StaticString) -> Bool {
        let start = word.count - suffix.utf8CodeUnitCount
        guard start >= 0 else { return false }
        // From the end, because that is where words differ from most suffixes.
        var index = suffix.utf8CodeUnitCount
        while index > 0 {
            index -= 1
            if word[start + index] != suffix.utf8Start[index] { return false }
        }
        return true
    }

    static func replace(_ suffix: StaticString, _ replacement: StaticString, in word: inout [UInt8]) {
        word.removeLast(suffix.utf8CodeUnitCount)
        word.append(contentsOf: UnsafeBufferPointer(start: replacement.utf8Start, count: replacement.utf8CodeUnitCount))
    }

    static func isOneOf(_ letters: StaticString, _ letter: UInt8) -> Bool {
        for index in 0..<letters.utf8CodeUnitCount where letters.utf8Start[index] == letter { return true }
        return false
    }

    /// A letter other than a, e, i, o, u, and other than a y that follows a consonant.
    static func isConsonant(_ word: [UInt8], _ index: Int) -> Bool {
        switch word[index] {
        case _ where isOneOf("aeiou", word[index]): return false
        case UInt8(ascii: "y"):
            var first = index
            while first > 0, word[first] == UInt8(ascii: "y") { first -= 1 }
            // In a run of y the kinds alternate, beginning with the opposite of the letter before it.
            let start = word[first] == UInt8(ascii: "y") || isConsonant(word, first)
            return start == ((index - first) % 2 == 0)
        default: return true
        }
    }

    /// Porter's m: the number of times that a vowel is followed by a consonant in the first `end` letters.
    static func measure(_ word: [UInt8], _ end: Int) -> Int {
        var count = 0
        var afterVowel = false
        var afterConsonant = false
        for index in 0..<end {
            let isVowel =
                switch word[index] {
                case _ where isOneOf("aeiou", word[index]): true
                case UInt8(ascii: "y"): afterConsonant
                default: false
                }
            if afterVowel, !isVowel { count += 1 }
            (afterVowel, afterConsonant) = (isVowel, !isVowel)
        }
        return count
    }

    /// True if the first `end` letters hold a vowel: the first y after another letter is always one.
    static func containsVowel(_ word: [UInt8], _ end: Int) -> Bool {
        (0..<end).contains { isOneOf("aeiou", word[$0]) || $0 > 0 && word[$0] == UInt8(ascii: "y") }
    }

    static func endsInDoubleConsonant(_ word: [UInt8]) -> Bool {
        word.count >= 2 && word[word.count - 1] == word[word.count - 2] && isConsonant(word, word.count - 1)
    }

    /// Porter's *o, on the first `end` letters: consonant, vowel, consonant other than w, x, y; or vowel and consonant alone.
    static func endsInShortSyllable(_ word: [UInt8], _ end: Int) -> Bool {
        if end == 2 { return !isConsonant(word, 0) && isConsonant(word, 1) }
        return end >= 3 && isConsonant(word, end - 3) && !isConsonant(word, end - 2) && isConsonant(word, end - 1)
            && !isOneOf("wxy", word[end - 1])
    }
}
