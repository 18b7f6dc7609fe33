import PladRecords
import PladTokenizer

/// Finds the strings that end a growing text; they may straddle tokens.
struct StopStrings {
    private let stops: [[UInt8]]
    private var decoder: StreamingDecoder
    /// End of the text, long enough to hold the start of the longest stop string.
    private var tail: [UInt8] = []

    /// Nil if there is no stop string.
    init?(_ stops: [String], tokenizer: Tokenizer) {
        self.stops = stops.filter { !$0.isEmpty }.map { Array($0.utf8) }
        guard !self.stops.isEmpty else { return nil }
        decoder = tokenizer.streamingDecoder()
    }

    /// Appends the next token; returns true if a stop string is now complete.
    mutating func append(_ token: TokenID) -> Bool {
        tail += Array(decoder.append(token).utf8)
        if stops.contains(where: { Self.firstIndex(of: $0, in: tail) != nil }) { return true }
        tail.removeFirst(max(0, tail.count - stops.map(\.count).max()! + 1))
        return false
    }

    /// The text before its first stop string.
    static func cut(_ text: String, at stops: [String]) -> String {
        let bytes = Array(text.utf8)
        let first = stops.filter { !$0.isEmpty }.compactMap { firstIndex(of: Array($0.utf8), in: bytes) }.min()
        return first.map { String(decoding: bytes[..<$0], as: UTF8.self) } ?? text
    }

    private static func firstIndex(of part: [UInt8], in whole: [UInt8]) -> Int? {
        guard part.count <= whole.count else { return nil }
        return (0...whole.count - part.count).first { whole[$0..<$0 + part.count].elementsEqual(part) }
    }
}
