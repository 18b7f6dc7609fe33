/// The four Unicode normalization forms (UAX #15).
package enum NormalizationForm: String, CaseIterable, Sendable {
    case composed = "NFC"
    case decomposed = "NFD"
    case compatibilityComposed = "NFKC"
    case compatibilityDecomposed = "NFKD"

    private var composes: Bool { self == .composed || self == .compatibilityComposed }
    private var isCompatible: Bool { self == .compatibilityComposed || self == .compatibilityDecomposed }

    /// Traits of the characters that this form may change.
    private var affected: NormalizationData.Traits {
        switch self {
        case .composed: [.isMark, .joinsBefore, .neverComposed]
        case .decomposed: [.isMark, .decomposes]
        case .compatibilityComposed: [.isMark, .joinsBefore, .neverComposed, .decomposesCompatibly]
        case .compatibilityDecomposed: [.isMark, .decomposes, .decomposesCompatibly]
        }
    }

    package func normalized(_ text: String) -> String {
        var bytes = Array(text.utf8)
        apply(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Converts UTF-8 text to this form. Stretches that are in it already are only copied.
    func apply(to text: inout [UInt8]) {
        guard text.contains(where: { $0 >= 0xC2 }) else { return }
        let data = NormalizationData.shared
        let affected = affected
        var output: [UInt8] = []
        output.reserveCapacity(text.count + text.count / 8)
        text.withUnsafeBufferPointer { text in
            let base = text.baseAddress!
            var copied = 0
            var previous = 0
            var position = 0
            while position < text.count {
                let character = UTF8Bytes.read(base, at: position, end: text.count)
                if data.traits(of: character.code).isDisjoint(with: affected) {
                    previous = position
                    position = character.next
                    continue
                }
                // The character before may take part; the next one that is left alone starts afresh.
                var end = character.next
                while end < text.count {
                    let next = UTF8Bytes.read(base, at: end, end: text.count)
                    if data.traits(of: next.code).isDisjoint(with: affected) { break }
                    end = next.next
                }
                output.append(contentsOf: text[copied..<previous])
                normalize(UnsafeBufferPointer(rebasing: text[previous..<end]), data, into: &output)
                copied = end
                previous = end
                position = end
            }
            output.append(contentsOf: text[copied...])
        }
        text = output
    }

    private func normalize(_ text: UnsafeBufferPointer<UInt8>, _ data: NormalizationData, into output: inout [UInt8]) {
        var scalars: [UInt32] = []
        var position = 0
        while position < text.count {
            let character = UTF8Bytes.read(text.baseAddress!, at: position, end: text.count)
            data.appendDecomposition(of: character.code, compatibly: isCompatible, to: &scalars)
            position = character.next
        }
        Self.order(&scalars, data)
        if composes { Self.compose(&scalars, data) }
        for code in scalars { output.append(contentsOf: UTF8.encode(Unicode.Scalar(code) ?? "\u{FFFD}")!) }
    }

    /// Sorts every run of marks by combining class, stably.
    private static func order(_ scalars: inout [UInt32], _ data: NormalizationData) {
        var start = 0
        while start < scalars.count {
            var end = start
            var marks: [(combiningClass: UInt8, place: Int, code: UInt32)] = []
            while end < scalars.count {
                let combiningClass = data.combiningClass(of: scalars[end])
                if combiningClass == 0 { break }
                marks.append((combiningClass, end, scalars[end]))
                end += 1
            }
            if marks.count > 1 {
                marks.sort { ($0.combiningClass, $0.place) < ($1.combiningClass, $1.place) }
                for (offset, mark) in marks.enumerated() { scalars[start + offset] = mark.code }
            }
            start = end + 1
        }
    }

    /// Composes each starter with the unblocked characters behind it.
    private static func compose(_ scalars: inout [UInt32], _ data: NormalizationData) {
        var written = 0
        var starter: Int?
        var lastClass: UInt8 = 0
        for code in scalars {
            let combiningClass = data.combiningClass(of: code)
            if let starter, lastClass == 0 || lastClass < combiningClass, let composite = data.composite(scalars[starter], code) {
                scalars[starter] = composite
                continue
            }
            if combiningClass == 0 { starter = written }
            lastClass = combiningClass
            scalars[written] = code
            written += 1
        }
        scalars.removeLast(scalars.count - written)
    }
}
