import PladRecords

/// Assembles the events of OpenAI's responses.
///
/// Every event has a `sequence_number`, by which duplicates are dropped, the order is repaired, and a gap is detected. The last one,
/// `response.completed`, `response.incomplete` or `response.failed`, holds the whole document.
///
/// Source: OpenAI API reference, "Streaming events".
enum ResponseStream {
    static func document(_ events: [StreamEvent]) throws(StreamError) -> JSONValue {
        var documents: [JSONValue] = []
        for event in events where !event.isDone { documents.append(try event.document()) }
        var response: JSONValue?
        var items: [JSONValue] = []
        var text = ""
        for event in try inOrder(documents) {
            let type = event["type"]?.string ?? ""
            guard response == nil else { throw .broken("goes on after its end with \(type)") }
            switch type {
            case "response.output_item.done": event["item"].map { items.append($0) }
            case "response.output_text.delta": text += event["delta"]?.string ?? ""
            case "response.completed", "response.incomplete", "response.failed": response = event["response"]
            default: break
            }
        }
        guard var fields = response?.object else { throw .broken("ends without response.completed") }
        // Some servers leave the output to the events, and the text to its pieces.
        if items.isEmpty, !text.isEmpty { items = [["type": "message", "content": [["type": "output_text", "text": .string(text)]]]] }
        if fields["output"]?.array?.isEmpty != false { fields["output"] = .array(items) }
        return .object(fields)
    }

    /// The events by their numbers, each once; unchanged if the server sends no numbers.
    private static func inOrder(_ events: [JSONValue]) throws(StreamError) -> [JSONValue] {
        var numbered: [Int: JSONValue] = [:]
        for event in events {
            guard let number = event["sequence_number"]?.int else { return events }
            guard numbered[number] == nil || numbered[number] == event else { throw .broken("holds two events of number \(number)") }
            numbered[number] = event
        }
        let numbers = numbered.keys.sorted()
        if let gap = zip(numbers, numbers.dropFirst()).first(where: { $1 != $0 + 1 }) {
            throw .broken("leaves event \(gap.0 + 1) out")
        }
        return numbers.compactMap { numbered[$0] }
    }
}
