package import PladRecords
package import PladStudent
import PladTokenizer

/// A source of tokens for many requests at once: `BatchDecoder`, or its in-memory twin in tests. Has a single owner.
package protocol TokenSource {
    /// Queues a request and returns its number.
    mutating func submit(_ request: DecodeRequest) throws -> Int
    /// Ends a request's samples without further events.
    mutating func cancel(_ request: Int)
    /// Draws one token for every active sample.
    mutating func step() throws -> [DecodeEvent]
}

extension BatchDecoder: TokenSource {}

/// Decodes a completion's ids, whole characters at a time.
package protocol TextDecoder {
    mutating func append(_ id: TokenID) -> String
    /// The rest of the text at the end.
    mutating func finish() -> String
}

extension StreamingDecoder: TextDecoder {}
