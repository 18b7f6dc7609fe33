import Foundation
import PladRecords

/// Tells the events of a stream that bring it on (text, thinking, a call, the end, an error) from what only keeps its connection open:
/// comments, pings, blank lines, fields without data, events whose texts are empty, texts for completions that nobody asked for, an end
/// that was there before, and bytes whose line does not end.
///
/// Bytes may arrive in pieces of any size.
struct UsefulLines {
    /// Number of completions that were asked for.
    private let choices: Int
    /// Ends and errors seen so far.
    private var seen: Set<String> = []
    /// Bytes of the current line.
    private var line: [UInt8] = []
    /// Data of the current event whose lines are no documents by themselves.
    private var event: [UInt8] = []

    init(choices: Int) { self.choices = choices }

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
            return !event.isEmpty && isOfUse(event[...]) ?? false
        }
        if first == UInt8(ascii: "{") { return isOfUse(text) ?? false }
        guard text.starts(with: "data:".utf8) else { return false }
        let data = text.dropFirst(5).drop(while: Self.isSpace)
        if let isOfUse = isOfUse(data) { return isOfUse }
        event += data + [0x0a]
        return false
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// True for the data of a useful event; nil for no document.
    private mutating func isOfUse(_ data: ArraySlice<UInt8>) -> Bool? {
        if data.starts(with: "[DONE]".utf8) { return isNew("[DONE]") }
        guard let document = try? JSONValue(parsing: Data(data)) else { return nil }
        return isOfUse(document, "", of: 0)
    }

    /// Fields with text, thinking or a call.
    private static let texts: Set = [
        "content", "text", "delta", "thinking", "reasoning", "reasoning_content", "summary", "signature", "data", "refusal", "arguments",
        "partial_json", "response", "message",
    ]
    /// Fields with the reason of the end.
    private static let reasons: Set = ["finish_reason", "finishReason", "stop_reason", "done_reason"]
    private static let ends: Set = ["message_stop", "response.completed", "response.incomplete", "response.failed", "error"]
    /// Fields with a list of completions, each with its number.
    private static let lists: Set = ["choices", "candidates"]

    /// - Parameter choice: number of the completion that the value belongs to.
    private mutating func isOfUse(_ value: JSONValue, _ field: String, of choice: Int) -> Bool {
        switch value {
        case .string(let text):
            if Self.texts.contains(field) { return !text.isEmpty }
            if Self.reasons.contains(field) { return !text.isEmpty && isNew("\(field) \(choice)") }
            return field == "type" && Self.ends.contains(text) && isNew(text)
        case .bool(let value): return value && field == "done" && isNew("done")
        case .array(let elements):
            for element in elements {
                let number = Self.lists.contains(field) ? element["index"]?.int.map { Int($0) } ?? 0 : choice
                if (0..<choices).contains(number), isOfUse(element, field, of: number) { return true }
            }
            return false
        case .object(let members):
            for (name, member) in members {
                if isOfUse(member, name, of: choice) || name == "error" && member.isError && isNew("error") { return true }
            }
            return false
        case .null, .int, .double: return false
        }
    }

    private mutating func isNew(_ end: String) -> Bool { seen.insert(end).inserted }
}
