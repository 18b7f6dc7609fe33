package import PladRecords

/// Decodes a continuation token by token, giving whole characters only: the pieces concatenate to what
/// `Tokenizer.decodeContinuation` gives for all ids at once.
package struct StreamingDecoder: Sendable {
    private let tokenizer: Tokenizer
    /// The bytes of a character that is not complete yet, at most three.
    private var pending: [UInt8] = []
    /// True until a token is decoded, if a leading space would be the tokenizer's dummy space.
    private var dropsSpace: Bool

    init(tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
        dropsSpace = tokenizer.completionsStandAlone
    }

    /// The text that this token completes; empty if its bytes end inside a character.
    package mutating func append(_ id: TokenID) -> String {
        var bytes = tokenizer.continuationBytes(of: id)[...]
        if dropsSpace, let first = bytes.first {
            dropsSpace = false
            if first == UInt8(ascii: " ") { bytes = bytes.dropFirst() }
        }
        pending += bytes
        let held = UTF8Bytes.incompleteTail(pending)
        let text = String(decoding: pending.dropLast(held), as: UTF8.self)
        pending.removeFirst(pending.count - held)
        return text
    }

    /// The rest of the text: an incomplete character becomes U+FFFD.
    package mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }
}
