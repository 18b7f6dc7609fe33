import Foundation
import PladRecords

/// The format of an API's responses, as far as clients read it.
protocol MockDialect: Sendable {
    /// The text of the request's last message, or its prompt.
    func prompt(in request: JSONValue) -> String
    func streams(_ request: JSONValue, path: String) -> Bool
    func whole(_ saying: MockSaying) -> JSONValue
    func stream(_ saying: MockSaying, of request: JSONValue) -> MockStream
    func error(status: Int, message: String) -> JSONValue
}

extension MockDialect {
    func streams(_ request: JSONValue, path: String) -> Bool { request["stream"]?.bool ?? false }
}

/// The documents of a streamed response. Those in the middle may be duplicated or swapped by a fault.
struct MockStream {
    enum Format {
        case serverSentEvents
        /// One document a line.
        case lines

        var contentType: String {
            switch self {
            case .serverSentEvents: "text/event-stream"
            case .lines: "application/x-ndjson"
            }
        }
    }

    var format = Format.serverSentEvents
    /// True if each event is named by its document's `type`.
    var namesEvents = false
    var opening: [JSONValue] = []
    var middle: [JSONValue] = []
    /// Last documents, without which the response is not whole.
    var closing: [JSONValue] = []
    /// Last text, which is not a document.
    var farewell: String?

    /// The bytes of each document, in the order that `events` requires.
    func pieces(_ events: MockEvents) -> [Data] {
        var documents = opening + middle
        switch events {
        case .inOrder, .unfinished: break
        case .duplicated: documents = documents.flatMap { [$0, $0] }
        case .outOfOrder:
            for index in stride(from: opening.count, to: documents.count - 1, by: 2) { documents.swapAt(index, index + 1) }
        }
        if events != .unfinished { documents += closing }
        let last = events == .unfinished ? nil : farewell.map { Data("data: \($0)\n\n".utf8) }
        return documents.map(encoded) + [last].compactMap { $0 }
    }

    private func encoded(_ document: JSONValue) -> Data {
        guard format == .serverSentEvents else { return Data((document.canonical + "\n").utf8) }
        let name = namesEvents ? document["type"]?.string.map { "event: \($0)\n" } : nil
        return Data("\(name ?? "")data: \(document.canonical)\n\n".utf8)
    }
}

/// The dialects of a mock teacher, by request path.
enum MockDialects {
    static func at(_ path: String) -> any MockDialect {
        let endings: [(String, any MockDialect)] = [
            ("/chat/completions", MockChat()), ("/completions", MockCompletions()), ("/responses", MockResponses()),
            ("/messages", MockAnthropic()), ("/api/chat", MockOllama()),
        ]
        if path.contains(":generateContent") || path.contains(":streamGenerateContent") { return MockGemini() }
        return endings.first { path.hasSuffix($0.0) }?.1 ?? MockChat()
    }
}

extension JSONValue {
    /// The text of a message's content: the string itself, or its parts' texts joined.
    var joinedText: String {
        string ?? array?.compactMap { $0["text"]?.string }.joined() ?? ""
    }

    static func number(_ value: Int) -> JSONValue { .int(Int64(value)) }

    /// The object with more members, which override its own.
    func with(_ more: [String: JSONValue]) -> JSONValue {
        .object((object ?? [:]).merging(more) { $1 })
    }
}
