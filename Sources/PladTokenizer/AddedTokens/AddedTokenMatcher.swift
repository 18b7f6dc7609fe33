import PladRecords

/// Finds added tokens in a text: leftmost first, among those the longest.
struct AddedTokenMatcher: Sendable {
    /// A stretch of text, or an added token in place of one.
    struct Segment {
        var range: Range<Int>
        var token: TokenID?
    }

    private struct Edge: Hashable {
        var node: Int32
        var byte: UInt8
    }

    /// A trie over the patterns' bytes; node 0 is the root.
    private var edges: [Edge: Int32] = [:]
    /// Index into `tokens` of the token that ends at each node, or -1.
    private var ending: [Int32] = [-1]
    private var tokens: [AddedToken] = []
    /// True for the bytes that start a pattern.
    private var starts = [Bool](repeating: false, count: 256)

    /// Adds a token that is looked for as `pattern`, which is not empty. If two patterns are equal, the first one counts.
    mutating func add(_ token: AddedToken, as pattern: [UInt8]) {
        precondition(!pattern.isEmpty, "the added token \(token.id) has an empty pattern")
        var node: Int32 = 0
        for byte in pattern {
            let edge = Edge(node: node, byte: byte)
            if let next = edges[edge] {
                node = next
            } else {
                node = Int32(ending.count)
                ending.append(-1)
                edges[edge] = node
            }
        }
        starts[Int(pattern[0])] = true
        guard ending[Int(node)] < 0 else { return }
        ending[Int(node)] = Int32(tokens.count)
        tokens.append(token)
    }

    /// The segments of a text, in order. A text without added tokens is one segment.
    func segments(of text: [UInt8]) -> [Segment] {
        guard !tokens.isEmpty else { return [Segment(range: 0..<text.count)] }
        return text.withUnsafeBufferPointer { text in
            var segments: [Segment] = []
            var covered = 0
            var position = 0
            while let (token, start, end) = firstMatch(in: text, from: position) {
                position = end
                guard !token.singleWord || standsAlone(start..<end, in: text) else { continue }
                let from = token.stripsLeft ? max(WhiteSpace.endWithout(text[..<start]), covered) : start
                let upTo = token.stripsRight ? end + WhiteSpace.startWithout(text[end...]) : end
                if covered < from { segments.append(Segment(range: covered..<from)) }
                segments.append(Segment(range: start..<end, token: token.id))
                covered = upTo
            }
            if covered < text.count { segments.append(Segment(range: covered..<text.count)) }
            return segments
        }
    }

    private func firstMatch(in text: UnsafeBufferPointer<UInt8>, from: Int) -> (token: AddedToken, start: Int, end: Int)? {
        starts.withUnsafeBufferPointer { starts in
            var start = from
            while true {
                while start < text.count, !starts[Int(text[start])] { start += 1 }
                guard start < text.count else { return nil }
                if let (token, end) = longestMatch(in: text, at: start) { return (tokens[token], start, end) }
                start += 1
            }
        }
    }

    private func longestMatch(in text: UnsafeBufferPointer<UInt8>, at start: Int) -> (token: Int, end: Int)? {
        var node: Int32 = 0
        var position = start
        var best: (Int, Int)?
        while position < text.count, let next = edges[Edge(node: node, byte: text[position])] {
            node = next
            position += 1
            if ending[Int(node)] >= 0 { best = (Int(ending[Int(node)]), position) }
        }
        return best
    }

    private func standsAlone(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let before = String(decoding: text[..<range.lowerBound].suffix(4), as: UTF8.self).unicodeScalars.last
        let after = String(decoding: text[range.upperBound...].prefix(4), as: UTF8.self).unicodeScalars.first
        return ![before, after].contains { $0.map { CharacterClasses(of: $0).contains(.word) } ?? false }
    }
}
