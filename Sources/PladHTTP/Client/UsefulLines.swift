import Foundation
import PladRecords

/// Tells the events of a stream that bring it on (text, thinking, a call, the end, an error) from what only keeps its connection open:
/// comments, pings, blank lines, fields without data, events whose texts are empty, and bytes whose line does not end.
///
/// Bytes may arrive in pieces of any size.
struct UsefulLines {
    /// Bytes of the current line.
    private var line: [UInt8] = []
    /// Data of the current event whose lines are no documents by themselves.
    private var event: [UInt8] = []

    /// True if one of the events that end in these bytes is useful.
    ///
    /// - Parameter looks: false to pass over the events, which takes nearly no time.
    mutating func take(_ bytes: UnsafeRawBufferPointer, looks: Bool) -> Bool {
        var isOfUse = false
        for part in bytes.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
            if part.startIndex > bytes.startIndex {
                // There is a line end before this part.
                if looks { isOfUse = endLine() || isOfUse } else { event.removeAll() }
                line.removeAll(keepingCapacity: line.capacity < 1 << 16)
            }
            line.append(contentsOf: part)
        }
        return isOfUse
    }

    /// Takes the current line. Returns true if it is, or ends, a useful event.
    private mutating func endLine() -> Bool {
        let text = line.drop(while: Self.isSpace)
        guard let first = text.first else {
            defer { event.removeAll() }
            return !event.isEmpty && Self.isOfUse(event[...]) ?? false
        }
        if first == UInt8(ascii: "{") { return Self.isOfUse(text) ?? false }
        guard text.starts(with: "data:".utf8) else { return false }
        let data = text.dropFirst(5).drop(while: Self.isSpace)
        if let isOfUse = Self.isOfUse(data) { return isOfUse }
        event += data + [0x0a]
        return false
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// True for the data of a useful event; nil for no document.
    private static func isOfUse(_ data: ArraySlice<UInt8>) -> Bool? {
        if data.starts(with: "[DONE]".utf8) { return true }
        guard let document = try? JSONValue(parsing: Data(data)) else { return nil }
        return isOfUse(document, "")
    }

    /// Fields with text, thinking or a call, and fields with the reason of the end.
    private static let fields: Set = [
        "content", "text", "delta", "thinking", "reasoning", "reasoning_content", "summary", "signature", "data", "refusal", "arguments",
        "partial_json", "response", "message", "finish_reason", "finishReason", "stop_reason", "done_reason",
    ]
    private static let ends: Set = ["message_stop", "response.completed", "response.incomplete", "response.failed", "error"]

    private static func isOfUse(_ value: JSONValue, _ field: String) -> Bool {
        switch value {
        case .string(let text): !text.isEmpty && fields.contains(field) || field == "type" && ends.contains(text)
        case .bool(let value): value && field == "done"
        case .array(let elements): elements.contains { isOfUse($0, field) }
        case .object(let members): members.contains { isOfUse($1, $0) || $0 == "error" && $1.isError }
        case .null, .int, .double: false
        }
    }
}
