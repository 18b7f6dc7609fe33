import PladRecords

/// One way of answering, good or bad. Fields that are left out leave the plain answer as it is; they can be combined.
package struct MockReply: Sendable, Equatable {
    /// The log's name for it; by default, which of its list it is.
    package var name: String?
    /// Its share of the draws among the faults, relative to the others.
    package var weight = 1.0

    // What is said.
    package var status = 200
    /// Added to the response's own, or in their place.
    package var headers: [String: String] = [:]
    /// In place of the script's answer; may be empty, or hold think blocks.
    package var text: String?
    package var reasoning: String?
    package var refusal: String?
    /// `stop`, `length`, `content_filter`, or anything else.
    package var finishReason = "stop"
    /// Another model id than the script's.
    package var model: String?
    /// In place of the whole body, to the letter.
    package var body: String?
    /// White space after the body's end: a giant body that is still JSON.
    package var paddingBytes = 0
    /// Only the body's first bytes, as if they were all.
    package var truncateToBytes: Int?
    package var gzip = false
    /// The order, or the damage, of a streamed response's events.
    package var events = MockEvents.inOrder

    // How it is said.
    /// Before anything is sent.
    package var delaySeconds = 0.0
    /// Nothing is ever sent; the connection stays open.
    package var silent = false
    /// The connection ends without an answer.
    package var hangUp = false
    /// The connection ends after so many bytes of the body.
    package var cutAfterBytes: Int?
    /// Connections that end early are reset rather than closed.
    package var reset = false
    /// The response drips, byte by byte.
    package var bytesPerSecond: Double?

    package init() {}

    /// True if it brings what a client can take for an answer, if perhaps an empty or a refused one.
    var isAnswer: Bool {
        status < 300 && body == nil && truncateToBytes == nil && events != .unfinished && !silent && !hangUp && cutAfterBytes == nil
    }
}

/// The fate of the events of a streamed response.
package enum MockEvents: String, Decodable, Sendable {
    case inOrder = "in-order"
    /// Each is sent twice.
    case duplicated
    /// Neighbours change places, the end stays the end.
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
