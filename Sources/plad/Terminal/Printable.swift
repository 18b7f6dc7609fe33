extension String {
    /// The text in a form safe for a terminal: characters that would move its cursor, colour it, ring, set its title or change the
    /// direction of text are written as JSON escapes, `\\u001b`. Line ends and tabs stay.
    ///
    /// Completions, names of models, templates, cached bodies and errors of endpoints come from strangers; in JSON output the escapes
    /// have the same meaning.
    var printable: String {
        guard utf8.contains(where: Self.mayBeginControl) else { return self }
        var text = ""
        text.reserveCapacity(utf8.count + 16)
        for scalar in unicodeScalars {
            if Self.isControl(scalar) {
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The printable text in one line.
    var printableLine: String { printable.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: " ") }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0a: false
        // C0, DEL and C1, of which some terminals take U+009B for the beginning of a sequence.
        case 0..<0x20, 0x7f..<0xa0: true
        // Embeddings, overrides and isolates of writing from right to left.
        case 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// True if the byte may start such a character; false for all bytes of nearly all texts.
    private static func mayBeginControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != 0x09 && byte != 0x0a || byte == 0x7f || byte == 0xc2 || byte == 0xe2
    }
}
