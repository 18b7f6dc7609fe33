/// Porter's suffix stripping with NLTK's extensions, the stemmer of `rouge_score`.
///
/// Source: Porter 1980, "An algorithm for suffix stripping"; `nltk.stem.porter` 3.10, mode `NLTK_EXTENSIONS`.
package enum PorterStemmer {
    /// The stem of a lower-case word; digits count as consonants.
    package static func stem(_ word: String) -> String {
        var letters = Array(word.utf8)
        stem(&letters)
        return String(decoding: letters, as: UTF8.self)
    }

    /// Stems a word in place.
    static func stem(_ word: inout [UInt8]) {
        if let irregular = irregularForms[String(decoding: word, as: UTF8.self)] {
            word = Array(irregular.utf8)
            return
        }
        guard word.count > 2 else { return }
        removePlural(&word)
        removeEdAndIng(&word)
        turnYIntoI(&word)
        shortenDoubleSuffix(&word)
        apply(thirdStep, to: &word) { word, stem in measure(word, stem) > 0 }
        apply(fourthStep, to: &word) { word, stem in
            measure(word, stem) > 1 && (!ends(word, "ion") || isOneOf("st", word[stem - 1]))
        }
        tidy(&word)
    }

    /// Step 1a: removes plurals.
    private static func removePlural(_ word: inout [UInt8]) {
        if ends(word, "ies"), word.count == 4 {
            word.removeLast()
        } else if ends(word, "sses") || ends(word, "ies") {
            word.removeLast(2)
        } else if ends(word, "s"), !ends(word, "ss") {
            word.removeLast()
        }
    }

    /// Step 1b: removes -ed and -ing.
    private static func removeEdAndIng(_ word: inout [UInt8]) {
        if ends(word, "ied") {
            word.removeLast(word.count == 4 ? 1 : 2)
            return
        }
        if ends(word, "eed") {
            if measure(word, word.count - 3) > 0 { word.removeLast() }
            return
        }
        if ends(word, "ed"), containsVowel(word, word.count - 2) {
            word.removeLast(2)
        } else if ends(word, "ing"), containsVowel(word, word.count - 3) {
            word.removeLast(3)
        } else {
            return
        }
        if ends(word, "at") || ends(word, "bl") || ends(word, "iz") {
            word.append(UInt8(ascii: "e"))
        } else if endsInDoubleConsonant(word) {
            if !isOneOf("lsz", word[word.count - 1]) { word.removeLast() }
        } else if measure(word, word.count) == 1, endsInShortSyllable(word, word.count) {
            word.append(UInt8(ascii: "e"))
        }
    }

    /// Step 1c: turns y into i.
    private static func turnYIntoI(_ word: inout [UInt8]) {
        if ends(word, "y"), word.count > 2, isConsonant(word, word.count - 2) { word[word.count - 1] = UInt8(ascii: "i") }
    }

    /// Step 2: shortens double suffixes.
    private static func shortenDoubleSuffix(_ word: inout [UInt8]) {
        // What is left after "alli" becomes "al" may end in another of the suffixes.
        if ends(word, "alli"), measure(word, word.count - 4) > 0 { word.removeLast(2) }
        // The "l" of "logi" counts as part of the stem.
        apply(secondStep, to: &word) { word, stem in measure(word, ends(word, "logi") ? stem + 1 : stem) > 0 }
    }

    /// Step 5: removes a final e and a double l.
    private static func tidy(_ word: inout [UInt8]) {
        if ends(word, "e") {
            let stem = word.count - 1
            let measure = measure(word, stem)
            if measure > 1 || measure == 1 && !endsInShortSyllable(word, stem) { word.removeLast() }
        }
        if ends(word, "ll"), measure(word, word.count - 1) > 1 { word.removeLast() }
    }
}
