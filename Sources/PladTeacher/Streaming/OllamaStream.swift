import PladRecords

/// Assembles the lines of Ollama's chat: each holds the next piece of the message, the last one `"done": true` and the counts. Lines
/// have no numbers.
enum OllamaStream {
    static func document(_ events: [StreamEvent]) throws(StreamError) -> JSONValue {
        var (pieces, thinking) = (StreamPieces(), ThoughtPieces())
        var last: JSONValue?
        for event in events {
            let line = try event.document()
            guard last == nil else { throw .broken("goes on after \"done\"") }
            guard let message = line["message"], line["done"]?.bool != nil else { throw .broken("holds a line that is no completion's") }
            pieces.append(message["content"]?.string ?? "")
            thinking.append(message["thinking"]?.string ?? "")
            if line["done"] == true { last = line }
        }
        guard var fields = last?.object else { throw .broken("ends without \"done\"") }
        try pieces.check(tokens: fields["eval_count"]?.int, beside: thinking.count)
        fields["message"] = ["role": "assistant", "content": .string(pieces.text), "thinking": .string(thinking.text)]
        return .object(fields)
    }
}
