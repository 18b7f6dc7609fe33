package import PladRecords
package import PladStudent
import PladTokenizer

/// What draws tokens for many requests at once: `BatchDecoder`, or its in-memory twin in tests. Of a single owner.
package protocol TokenSource {
    /// Queues a request and answers its number.
    mutating func submit(_ request: DecodeRequest) throws -> Int
    /// Ends a request's samples without further events.
    mutating func cancel(_ request: Int)
    /// One token for every active sample.
    mutating func step() throws -> [DecodeEvent]
}

extension BatchDecoder: TokenSource {}

/// Turns a continuation's ids into text, whole characters at a time.
package protocol TextDecoder {
    mutating func append(_ id: TokenID) -> String
    /// What is left at the end.
    mutating func finish() -> String
}

extension StreamingDecoder: TextDecoder {}
