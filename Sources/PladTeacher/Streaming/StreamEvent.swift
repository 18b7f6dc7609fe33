import Foundation
package import PladHTTP
import PladRecords

/// One event of a streamed answer.
package struct StreamEvent: Sendable, Equatable {
    /// The `event` field; nil where there is none.
    package var name: String?
    package var id: String?
    package var data: String

    package init(name: String? = nil, id: String? = nil, data: String) {
        self.name = name
        self.id = id
        self.data = data
    }
}

/// Why a stream is no answer.
package enum StreamError: Error {
    /// The endpoint reports an error in the middle of it.
    case fault(ProviderFault)
    /// It does not end, or does not go on, as its protocol says.
    case broken(String)

    var reading: Reading {
        switch self {
        case .fault(let fault): .fault(fault)
        case .broken(let reason): .unreadable("the stream \(reason)")
        }
    }
}

extension [StreamEvent] {
    /// Whether a body is server-sent events: JSON begins otherwise.
    static func areServerSent(_ body: Data) -> Bool {
        let start = body.prefix(64).drop { [0xef, 0xbb, 0xbf, 0x20, 0x0a, 0x0d, 0x09].contains($0) }
        return ["data:", "event:", "id:", "retry:", ":"].contains { start.starts(with: $0.utf8) }
    }

    /// Whether a body is JSON in lines: its first line is a whole object, and more follow.
    static func areLines(_ body: Data) -> Bool {
        let lines = body.split(separator: UInt8(ascii: "\n"), maxSplits: 2).filter { !$0.allSatisfy { $0 == 0x20 || $0 == 0x0d } }
        guard lines.count > 1, let first = lines.first else { return false }
        return first.first == UInt8(ascii: "{") && first.last { $0 != 0x0d && $0 != 0x20 } == UInt8(ascii: "}")
    }

    /// The lines of a body as events.
    init(lines body: Data) {
        self = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline).map { StreamEvent(data: String($0)) }
    }

    /// The events of a body. One that the end of the body cuts short counts too: where its data is whole, nothing but an
    /// empty line is missing.
    ///
    /// Source: WHATWG HTML, "Server-sent events", 9.2.6.
    init(serverSent body: Data) {
        self = []
        var (event, hasData) = (StreamEvent(data: ""), false)
        var id: String?
        for line in Self.lines(of: body) {
            if line.isEmpty {
                if hasData { append(event) }
                (event, hasData) = (StreamEvent(data: ""), false)
                continue
            }
            let colon = line.firstIndex(of: ":")
            var value = colon.map { line[line.index(after: $0)...] } ?? ""
            if value.first == " " { value = value.dropFirst() }
            switch line[..<(colon ?? line.endIndex)] {
            case "data":
                event.data += (hasData ? "\n" : "") + value
                event.id = id
                hasData = true
            case "event": event.name = String(value)
            case "id":
                id = String(value)
                if hasData { event.id = id }
            default: break
            }
        }
        if hasData { append(event) }
    }

    /// Lines end in CR LF, LF or CR. Empty ones are kept.
    private static func lines(of body: Data) -> [Substring] {
        var text = String(decoding: body, as: UTF8.self)[...]
        if text.unicodeScalars.first == "\u{feff}" { text.unicodeScalars.removeFirst() }
        // A character of Swift's is a line break as a whole, CR LF too; others than these three are none here.
        return text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
    }

    /// The events in the order of their numbers, each once, where their ids number them: every id a whole number, and no
    /// two different events with the same one. Otherwise as they are, since ids may mean anything.
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

/// The pieces of text that a stream brings for one answer, where they carry no numbers.
struct StreamPieces {
    private var pieces: [String] = []

    var text: String { pieces.joined() }

    mutating func append(_ piece: String) {
        if !piece.isEmpty { pieces.append(piece) }
    }

    /// Throws where pieces must have come twice: each right after itself, which no text does, or more of them than the
    /// endpoint counts tokens, of which none makes two.
    func check(tokens: Int?) throws(StreamError) {
        let isDoubled =
            pieces.count >= 4
            && stride(from: 0, to: pieces.count, by: 2).allSatisfy {
                $0 + 1 < pieces.count && pieces[$0] == pieces[$0 + 1]
            }
        // All the same is a text like "--------", of one token over and over.
        guard !isDoubled || Set(pieces).count == 1 else { throw .broken("brings everything twice") }
        guard let tokens, tokens > 0, pieces.count > tokens else { return }
        throw .broken("brings \(pieces.count) pieces of text for \(tokens) tokens")
    }
}

extension StreamEvent {
    var isDone: Bool { data == "[DONE]" }

    /// The event's document. Throws the error that it reports.
    func document() throws(StreamError) -> JSONValue {
        guard let document = try? JSONValue(parsing: Data(data.utf8)) else { throw .broken("holds an event that is no JSON") }
        let isError = document["error"].map { $0 != .null } ?? (document["type"] == "error" || name == "error")
        guard isError else { return document }
        throw ProviderFault(inside: document).map { .fault($0) } ?? .broken("breaks off with an error")
    }
}
