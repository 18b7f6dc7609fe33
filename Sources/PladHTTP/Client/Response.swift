package import Foundation

/// A response as received, uninterpreted.
package struct Response: Sendable, Equatable {
    package struct Times: Sendable, Equatable {
        /// Start of the attempt that brought this response.
        package var started: Date
        /// Time from there to the first byte of the response.
        package var firstByte: Duration
        /// Time from there to its last byte.
        package var total: Duration

        package init(started: Date, firstByte: Duration, total: Duration) {
            self.started = started
            self.firstByte = firstByte
            self.total = total
        }
    }

    package var status: Int
    package var headers: ResponseHeaders
    /// Decompressed body.
    package var body: Data
    package var times: Times
    /// Number of requests sent until this response.
    package var attempts: Int

    package init(status: Int, headers: ResponseHeaders = ResponseHeaders(), body: Data, times: Times, attempts: Int = 1) {
        self.status = status
        self.headers = headers
        self.body = body
        self.times = times
        self.attempts = attempts
    }
}

extension Response {
    /// Provider's id of this exchange, if it sends one: in headers of OpenAI and most others, Anthropic, Azure.
    package var requestID: String? {
        guard headers.mentions("request-id") || headers.mentions("requestid") else { return nil }
        return ["x-request-id", "request-id", "apim-request-id", "x-amzn-requestid"].lazy.compactMap { headers[$0] }.first {
            $0.count <= 200
        }
    }
}

/// The header lines of a response as received; fields are searched on access.
package struct ResponseHeaders: Sendable, Equatable {
    private let block: [UInt8]

    /// - Parameter block: lines, each ended by CR LF or LF.
    package init(_ block: [UInt8] = []) {
        self.block = block
    }

    /// The value of the first field of this name, ignoring case, without surrounding space.
    package subscript(name: String) -> String? {
        for line in block.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon - line.startIndex == name.utf8.count else { continue }
            let matches = zip(line, name.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
            if matches { return String(decoding: line[(colon + 1)...], as: UTF8.self).trimmingCharacters(in: .whitespaces) }
        }
        return nil
    }

    /// True if there may be a field whose lower-case name contains this text: one search in place of many.
    package func mentions(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard let first = wanted.first, block.count >= wanted.count else { return false }
        return block.withUnsafeBufferPointer { block in
            (0...(block.count - wanted.count)).contains { start in
                block[start] | 0x20 == first && wanted.indices.allSatisfy { block[start + $0] | 0x20 == wanted[$0] | 0x20 }
            }
        }
    }
}
