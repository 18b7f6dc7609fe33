import PladRecords

/// Assembles the events of Anthropic's messages.
///
/// The order is `message_start`, then blocks of content one after the other (`content_block_start`, deltas, `content_block_stop`,
/// counted by `index`), then `message_delta` with the finish reason, then `message_stop`. Since deltas have no number, a stream in
/// another order cannot be repaired and is refused. Other kinds of events are ignored.
///
/// Source: Anthropic API reference, "Streaming messages".
struct AnthropicStream {
    private var message: [String: JSONValue]?
    private var blocks: [[String: JSONValue]] = []
    /// Text, or arguments, of each block's deltas.
    private var pieces: [Pieces] = []
    private var isBlockOpen = false
    private var hasReason = false
    private var isStopped = false

    private struct Pieces {
        var text = StreamPieces()
        var thinking = ThoughtPieces()

        func document(of block: [String: JSONValue]) -> JSONValue {
            var block = block
            for (name, more) in [("text", text.text), ("thinking", thinking.text)] where !more.isEmpty {
                block[name] = .string((block[name]?.string ?? "") + more)
            }
            return .object(block)
        }
    }

    static func document(_ events: [StreamEvent]) throws(StreamError) -> JSONValue {
        var stream = AnthropicStream()
        for event in events.inOrderOfIDs where !event.isDone { try stream.take(try event.document()) }
        guard stream.isStopped, var message = stream.message else { throw .broken("ends without message_stop") }
        let thoughts = stream.pieces.reduce(0) { $0 + $1.thinking.count }
        for pieces in stream.pieces { try pieces.text.check(tokens: message["usage"]?["output_tokens"]?.int, beside: thoughts) }
        message["content"] = .array(zip(stream.blocks, stream.pieces).map { $1.document(of: $0) })
        return .object(message)
    }

    private mutating func take(_ event: JSONValue) throws(StreamError) {
        switch event["type"]?.string {
        case "message_start":
            let start = event["message"]?.object
            guard message == nil || (message == start && blocks.isEmpty) else { throw .broken("begins twice") }
            message = start
        case "content_block_start": try open(event)
        case "content_block_delta": try extend(event)
        case "content_block_stop":
            guard isCurrent(event) else { throw .broken("ends a block that is not open") }
            isBlockOpen = false
        case "message_delta":
            guard message != nil, !isBlockOpen, !isStopped else { throw .broken("gives its reason to end in the middle of a block") }
            for (name, value) in event["delta"]?.object ?? [:] { message?[name] = value }
            // The counts are totals, and later ones the better.
            let usage = (message?["usage"]?.object ?? [:]).overlaid(with: event["usage"]?.object ?? [:])
            message?["usage"] = .object(usage)
            hasReason = true
        case "message_stop":
            guard hasReason, !isBlockOpen else { throw .broken("stops without a stop_reason") }
            isStopped = true
        default: break
        }
    }

    private func isCurrent(_ event: JSONValue) -> Bool {
        isBlockOpen && event["index"]?.int == blocks.count - 1
    }

    private mutating func open(_ event: JSONValue) throws(StreamError) {
        guard message != nil, !hasReason, !isBlockOpen, event["index"]?.int == blocks.count, let block = event["content_block"]?.object
        else { throw .broken("opens block \(event["index"]?.int ?? -1) where block \(blocks.count) is due") }
        blocks.append(block)
        pieces.append(Pieces())
        isBlockOpen = true
    }

    private mutating func extend(_ event: JSONValue) throws(StreamError) {
        guard isCurrent(event) else { throw .broken("goes on with a block that is not open") }
        if let piece = event["delta"]?["text"]?.string { pieces[pieces.count - 1].text.append(piece) }
        if let piece = event["delta"]?["thinking"]?.string { pieces[pieces.count - 1].thinking.append(piece) }
    }
}
