import Foundation
package import PladHTTP
import PladRecords

/// One event of a streamed response.
package struct StreamEvent: Sendable, Equatable {
    /// Value of the `event` field; nil for none.
    package var name: String?
    package var id: String?
    package var data: String

    package init(name: String? = nil, id: String? = nil, data: String) {
        self.name = name
        self.id = id
        self.data = data
    }
}

/// The reason why a stream holds no completion.
package enum StreamError: Error {
    /// The endpoint reports an error within the stream.
    case fault(ProviderFault)
    /// The stream does not end or continue according to its protocol.
    case broken(String)
    /// The completion's texts have so many bytes, which is too many.
    case tooLong(Int)

    var reading: Reading {
        switch self {
        case .fault(let fault): .fault(fault)
        case .broken(let reason): .unreadable("the stream \(reason)")
        case .tooLong(let bytes):
            .unreadable("it holds \(bytes) bytes of text, more than the \(CompletionBounds.textBytes) that a completion may have")
        }
    }
}

extension [StreamEvent] {
    /// True if a body is server-sent events, which start differently from JSON.
    static func areServerSent(_ body: Data) -> Bool {
        let start = body.prefix(64).drop { [0xef, 0xbb, 0xbf, 0x20, 0x0a, 0x0d, 0x09].contains($0) }
        return ["data:", "event:", "id:", "retry:", ":"].contains { start.starts(with: $0.utf8) }
    }

    /// True if a body is JSON in lines: its first line is a whole object, and more follow.
    static func areLines(_ body: Data) -> Bool {
        let lines = body.split(maxSplits: 3, whereSeparator: isLineEnd).filter { !$0.allSatisfy { $0 == 0x20 } }
        guard lines.count > 1, let first = lines.first else { return false }
        return first.first == UInt8(ascii: "{") && first.last { $0 != 0x20 } == UInt8(ascii: "}")
    }

    /// The lines of a body as events.
    init(lines body: Data) {
        self = body.split(whereSeparator: Self.isLineEnd).filter { !$0.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
            .map { StreamEvent(data: String(decoding: $0, as: UTF8.self)) }
    }

    /// Parses the events of a body. An event that the end of the body cuts short counts too: if its data is whole, only an empty line
    /// is missing. One without data does not count.
    ///
    /// Some servers end an event by a single line break. Data whose every line is a document or `[DONE]` is therefore read as one event
    /// for each line: joined, as the standard says, it would not be readable.
    ///
    /// Source: WHATWG HTML, "Server-sent events", 9.2.6.
    init(serverSent body: Data) {
        self = []
        var (open, name, id): ([StreamEvent], String?, String?) = ([], nil, nil)
        func close(_ events: inout [StreamEvent]) {
            if open.count > 1, open.allSatisfy(\.standsAlone) {
                events += open
            } else if !open.isEmpty {
                let data = open.map(\.data).joined(separator: "\n")
                if !data.isEmpty { events.append(StreamEvent(name: name, id: id, data: data)) }
            }
            (open, name) = ([], nil)
        }
        for line in Self.lines(of: body) {
            if line.isEmpty {
                close(&self)
                continue
            }
            let colon = line.firstIndex(of: UInt8(ascii: ":"))
            var value = colon.map { line[($0 + 1)...] } ?? line[line.endIndex...]
            if value.first == 0x20 { value = value.dropFirst() }
            let text = String(decoding: value, as: UTF8.self)
            switch String(decoding: line[..<(colon ?? line.endIndex)], as: UTF8.self) {
            case "data": open.append(StreamEvent(name: name, id: id, data: text))
            case "event": name = text
            case "id": id = text
            default: break
            }
        }
        close(&self)
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

    /// The lines of a body, which end in CR LF, LF or CR only. Empty ones are kept.
    private static func lines(of body: Data) -> [Data.SubSequence] {
        let text = body.starts(with: [0xef, 0xbb, 0xbf]) ? body.dropFirst(3) : body[...]
        var (lines, start, wasReturn): ([Data.SubSequence], Data.Index, Bool) = ([], text.startIndex, false)
        for place in text.indices {
            let byte = text[place]
            if byte == 0x0a, wasReturn {
                start = place + 1
            } else if isLineEnd(byte) {
                lines.append(text[start..<place])
                start = place + 1
            }
            wasReturn = byte == 0x0d
        }
        lines.append(text[start...])
        return lines
    }

    /// The events ordered by their ids, each once, if the ids number them: every id is an integer, and no two different events share
    /// one. Otherwise the events are unchanged, since ids may mean anything.
    var inOrderOfIDs: [StreamEvent] {
        var byID: [Int: StreamEvent] = [:]
        for event in self where event.data != "[DONE]" {
            guard let id = event.id.flatMap({ Int($0) }), byID[id] == nil || byID[id]?.data == event.data else { return self }
            byID[id] = event
        }
        // The end has no place of its own: it belongs where it came.
        let hasEnd = last?.data == "[DONE]"
        return byID.sorted { $0.key < $1.key }.map(\.value) + (hasEnd ? [StreamEvent(data: "[DONE]")] : [])
    }
}

extension StreamEvent {
    var isDone: Bool { data == "[DONE]" }

    /// True if the data is an event by itself: a document in one line, or the end.
    fileprivate var standsAlone: Bool { isDone || (data.hasPrefix("{") && data.hasSuffix("}")) }

    /// Parses the event's document. Throws the error that it reports; an empty error does not count.
    func document() throws(StreamError) -> JSONValue {
        guard let document = try? JSONValue(parsing: Data(data.utf8)) else { throw .broken("holds an event that is no JSON") }
        let isError = document["error"]?.isError ?? (document["type"] == "error" || name == "error")
        guard isError else {
            if let fault = ProviderFault(besideAnswer: document) { throw .fault(fault) }
            return document
        }
        throw ProviderFault(inside: document).map { .fault($0) } ?? .broken("breaks off with an error")
    }
}
