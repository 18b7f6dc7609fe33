package import PladRecords

/// Decodes a continuation token by token, giving whole characters only: the pieces concatenate to what
/// `Tokenizer.decodeContinuation` gives for all ids at once.
package struct StreamingDecoder: Sendable {
    /// The text that this token completes; empty where its bytes end inside a character.
    package mutating func append(_ id: TokenID) -> String { "" }

    /// What is left: an incomplete character becomes U+FFFD.
    package mutating func finish() -> String { "" }
}
