/// Python's view of text: a sequence of code points, whose comparison knows no canonical equivalence.
enum PythonText {
    /// True if `str.isspace` accepts the character.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 9...13, 28...32, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    static func equal(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Removes the characters of `set`, or white space, from the ends asked for.
    static func stripped(_ text: String, of set: String?, left: Bool = true, right: Bool = true) -> String {
        let members = set.map { Set($0.unicodeScalars) }
        let isStripped: (Unicode.Scalar) -> Bool = { members?.contains($0) ?? isSpace($0) }
        var scalars = text.unicodeScalars[...]
        if left { scalars = scalars.drop(while: isStripped) }
        if right { while let last = scalars.last, isStripped(last) { scalars.removeLast() } }
        return String(scalars)
    }

    /// The byte offsets of `part`, which is not empty, in `text`: without overlaps, at most `limit`.
    ///
    /// Takes time linear in the length of `text` (Knuth, Morris and Pratt 1977).
    static func occurrences(of part: String, in text: String, limit: Int = .max) -> [Int] {
        guard limit > 0, part.utf8.count <= text.utf8.count else { return [] }
        let part = Array(part.utf8)
        // By place: how many of the part's first bytes end there too.
        var fallbacks = [0]
        for byte in part.dropFirst() {
            var length = fallbacks.last!
            while length > 0, byte != part[length] { length = fallbacks[length - 1] }
            fallbacks.append(byte == part[length] ? length + 1 : 0)
        }
        var found: [Int] = []
        var matched = 0
        for (position, byte) in text.utf8.enumerated() {
            while matched > 0, byte != part[matched] { matched = fallbacks[matched - 1] }
            if byte == part[matched] { matched += 1 }
            guard matched == part.count else { continue }
            found.append(position + 1 - part.count)
            matched = 0
            if found.count == limit { break }
        }
        return found
    }

    /// The parts between the occurrences of `separator`, which is not empty.
    static func split(_ text: String, by separator: String, limit: Int = .max) -> [String] {
        let bytes = Array(text.utf8)
        var parts: [String] = []
        var start = 0
        for found in occurrences(of: separator, in: text, limit: limit) {
            parts.append(String(decoding: bytes[start..<found], as: UTF8.self))
            start = found + separator.utf8.count
        }
        return parts + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    /// The words between runs of white space.
    static func words(_ text: String) -> [String] {
        text.unicodeScalars.split(whereSeparator: isSpace).map { String($0) }
    }

    static func replacing(_ text: String, _ old: String, by new: String, limit: Int = .max) -> String {
        split(text, by: old, limit: limit).joined(separator: new)
    }

    /// `text` with its first character in upper case and the others in lower case (`str.capitalize`).
    static func capitalized(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return text }
        return first.properties.titlecaseMapping + String(text.unicodeScalars.dropFirst()).lowercased()
    }
}
