import PladRecords

/// One reply, good or bad. Absent fields leave the plain reply unchanged; fields can be combined.
package struct MockReply: Sendable, Equatable {
    /// Name in the log; by default the list's name and the index in it.
    package var name: String?
    /// Relative weight of this fault in random draws.
    package var weight = 1.0

    // What is said.
    package var status = 200
    /// Header fields added to the response's own, overriding them.
    package var headers: [String: String] = [:]
    /// Text in place of the script's; may be empty, or hold think blocks.
    package var text: String?
    package var reasoning: String?
    package var refusal: String?
    /// Finish reason: `stop`, `length`, `content_filter`, or any other text.
    package var finishReason = "stop"
    /// Model id in place of the script's.
    package var model: String?
    /// Exact body in place of the whole response's.
    package var body: String?
    /// Number of white space bytes after the body: a huge body that is still JSON.
    package var paddingBytes = 0
    /// Number of bytes after which the body ends, as if complete.
    package var truncateToBytes: Int?
    package var gzip = false
    /// Order of, or damage to, a streamed response's events.
    package var events = MockEvents.inOrder

    // How it is said.
    /// Delay in seconds before anything is sent.
    package var delaySeconds = 0.0
    /// True to send nothing and keep the connection open.
    package var silent = false
    /// True to close the connection without a response.
    package var hangUp = false
    /// Number of body bytes after which the connection is closed.
    package var cutAfterBytes: Int?
    /// True to reset connections that end early rather than to close them.
    package var reset = false
    /// Rate at which the response is sent, byte by byte.
    package var bytesPerSecond: Double?

    package init() {}

    /// True if a client can take the reply for a completion, even an empty or a refused one.
    var isAnswer: Bool {
        status < 300 && body == nil && truncateToBytes == nil && events != .unfinished && !silent && !hangUp && cutAfterBytes == nil
    }
}

/// The treatment of a streamed response's events.
package enum MockEvents: String, Decodable, Sendable {
    case inOrder = "in-order"
    /// Each event is sent twice.
    case duplicated
    /// Neighbouring events are swapped; the last ones stay last.
    case outOfOrder = "out-of-order"
    /// The response ends in order, but without its finish reason and `[DONE]`.
    case unfinished
}

extension MockReply: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, weight, status, headers, text, reasoning, refusal, model, body, gzip, events, silent, reset
        case finishReason = "finish-reason"
        case paddingBytes = "padding-bytes"
        case truncateToBytes = "truncate-to-bytes"
        case delaySeconds = "delay-seconds"
        case hangUp = "hang-up"
        case cutAfterBytes = "cut-after-bytes"
        case bytesPerSecond = "bytes-per-second"
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(beyond: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, _ field: inout Value) throws {
            field = try container.decodeIfPresent(Value.self, forKey: key) ?? field
        }
        name = try container.decodeIfPresent(String.self, forKey: .name)
        text = try container.decodeIfPresent(String.self, forKey: .text)
        reasoning = try container.decodeIfPresent(String.self, forKey: .reasoning)
        refusal = try container.decodeIfPresent(String.self, forKey: .refusal)
        model = try container.decodeIfPresent(String.self, forKey: .model)
        body = try container.decodeIfPresent(String.self, forKey: .body)
        truncateToBytes = try container.decodeIfPresent(Int.self, forKey: .truncateToBytes)
        cutAfterBytes = try container.decodeIfPresent(Int.self, forKey: .cutAfterBytes)
        bytesPerSecond = try container.decodeIfPresent(Double.self, forKey: .bytesPerSecond)
        try read(.weight, &weight)
        try read(.status, &status)
        try read(.headers, &headers)
        try read(.finishReason, &finishReason)
        try read(.paddingBytes, &paddingBytes)
        try read(.gzip, &gzip)
        try read(.events, &events)
        try read(.delaySeconds, &delaySeconds)
        try read(.silent, &silent)
        try read(.hangUp, &hangUp)
        try read(.reset, &reset)
        try check()
    }

    private func check() throws {
        guard (200...999).contains(status) else { throw MockError(.script, "\"status\" is \(status); it must be 200 to 999") }
        for (name, value) in [("weight", weight), ("delay-seconds", delaySeconds)] where !(value >= 0 && value.isFinite) {
            throw MockError(.script, "\"\(name)\" is \(value); it must not be negative")
        }
        for (name, value) in [
            ("padding-bytes", paddingBytes), ("truncate-to-bytes", truncateToBytes ?? 0), ("cut-after-bytes", cutAfterBytes ?? 0),
        ]
        where value < 0 {
            throw MockError(.script, "\"\(name)\" is \(value); it must not be negative")
        }
        if let bytesPerSecond, !(bytesPerSecond > 0) {
            throw MockError(.script, "\"bytes-per-second\" is \(bytesPerSecond); it must be above 0")
        }
    }
}
