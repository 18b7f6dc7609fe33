extension String {
    /// The text, cut to so many bytes, between two characters of Unicode; a cut is marked by "…".
    package func cut(toBytes most: Int) -> String {
        guard utf8.count > most else { return self }
        return String(decoding: utf8.prefix(most), as: UTF8.self).trimmed(from: "\u{fffd}") + "…"
    }

    /// The text without this character at its end: what is left of one that a cut went through.
    private func trimmed(from scalar: Unicode.Scalar) -> String {
        var scalars = unicodeScalars[...]
        while scalars.last == scalar { scalars.removeLast() }
        return String(scalars)
    }
}

extension JSONValue {
    /// The document with every text in it cut to so many bytes.
    package func cuttingTexts(toBytes most: Int) -> JSONValue {
        switch self {
        case .string(let text): .string(text.cut(toBytes: most))
        case .array(let elements): .array(elements.map { $0.cuttingTexts(toBytes: most) })
        case .object(let members): .object(members.mapValues { $0.cuttingTexts(toBytes: most) })
        case .null, .bool, .int, .double: self
        }
    }
}
