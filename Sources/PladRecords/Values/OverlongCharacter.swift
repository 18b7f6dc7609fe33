extension String {
    /// Largest number of bytes in one character: thousands of times what any script needs.
    ///
    /// A letter with endless marks above it is one character. Comparing, hashing and searching texts with such characters takes time
    /// that grows with the square of their length.
    package static let longestCharacter = 1000

    /// True if a character of the text has more bytes than `longestCharacter`. Takes one pass, and nearly no time for ASCII.
    package var hasOverlongCharacter: Bool {
        guard utf8.count > Self.longestCharacter, utf8.contains(where: { $0 >= 0x80 }) else { return false }
        var place = startIndex
        while place < endIndex {
            let next = index(after: place)
            if utf8.distance(from: place, to: next) > Self.longestCharacter { return true }
            place = next
        }
        return false
    }
}
