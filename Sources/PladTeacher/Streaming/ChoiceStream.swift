import PladHTTP
import PladRecords

/// Assembles the chunks of OpenAI's chat completions and completions.
///
/// Each choice ends with its `finish_reason`, the whole with `[DONE]`. Some servers send no `[DONE]`: the token counts, which come
/// last, must then be present. Chunks have no numbers: duplicates and a wrong order can be repaired only by the events' ids, if the
/// server sends them.
struct ChoiceStream {
    private struct Choice {
        var pieces = StreamPieces()
        var refusal = ""
        var reasoning = ThoughtPieces()
        var finish: JSONValue?
        /// First tool call in a chunk.
        var call: JSONValue?
        /// True if every part so far with content also had a finish reason: such a reason does not mean the end.
        var repeatsReason = true

        /// Adds a chunk's part of this choice: `{"delta": …}` of a chat, `{"text": …}` of a completion.
        mutating func take(_ part: JSONValue) throws(StreamError) {
            let delta = part["delta"] ?? part["message"] ?? part
            guard let content = JSONValue.content(delta["content"] ?? delta["text"]) else {
                throw .broken("holds a content that is no text")
            }
            let thoughts = (content.thoughts + delta.thoughts).joined()
            let refused = delta["refusal"]?.string ?? ""
            let ending = Ending.isGiven(part["finish_reason"]) ? part["finish_reason"] : nil
            if !(content.text + thoughts + refused).isEmpty {
                if ending == nil { repeatsReason = false }
                guard finish == nil || repeatsReason else { throw .broken("goes on after its finish_reason") }
            }
            call = call ?? delta["tool_calls"]?.array?.first
            pieces.append(content.text)
            reasoning.append(thoughts)
            refusal += refused
            guard let ending else { return }
            if part["error"]?.isError == true, let fault = ProviderFault(inside: part) { throw .fault(fault) }
            guard finish == nil || finish == ending || repeatsReason else { throw .broken("ends twice, and differently") }
            finish = ending
        }

        func document(index: Int, isChat: Bool) -> JSONValue {
            let finish = finish ?? .null
            guard isChat else {
                return [
                    "index": .int(Int64(index)), "text": .string(pieces.text), "reasoning": .string(reasoning.text),
                    "finish_reason": finish,
                ]
            }
            let message: JSONValue = [
                "role": "assistant", "content": .string(pieces.text), "refusal": .string(refusal), "reasoning": .string(reasoning.text),
                "tool_calls": .array(call.map { [$0] } ?? []),
            ]
            return ["index": .int(Int64(index)), "message": message, "finish_reason": finish]
        }
    }

    /// - Parameter isChat: true if a choice of the document holds a message, false if a text.
    static func document(_ events: [StreamEvent], isChat: Bool) throws(StreamError) -> JSONValue {
        var fields: [String: JSONValue] = [:]
        var choices: [Int: Choice] = [:]
        var isDone = false
        for event in events.inOrderOfIDs {
            if event.isDone {
                isDone = true
                continue
            }
            guard !isDone else { throw .broken("goes on after [DONE]") }
            let chunk = try event.document()
            for name in ["id", "created", "model", "system_fingerprint", "usage"] {
                if let value = chunk[name], value != .null { fields[name] = value }
            }
            for part in chunk["choices"]?.array ?? [] {
                try choices[part["index"]?.int ?? 0, default: Choice()].take(part)
            }
        }
        if choices.isEmpty, isDone, fields["usage"] != nil {
            // No choice at all: the prompt was stopped by a filter.
            fields["choices"] = []
            return .object(fields)
        }
        guard !choices.isEmpty, choices.values.allSatisfy({ $0.finish != nil }) else { throw .broken("ends without a finish_reason") }
        guard isDone || fields["usage"] != nil else { throw .broken("ends without [DONE]") }
        let sorted = choices.sorted { $0.key < $1.key }
        guard sorted.map(\.key) == Array(0..<choices.count) else { throw .broken("leaves a choice out") }
        let tokens = Usage(openAI: fields["usage"])?.completionTokens
        for choice in sorted { try choice.value.pieces.check(tokens: tokens, beside: choice.value.reasoning.count) }
        fields["choices"] = .array(sorted.map { $0.value.document(index: $0.key, isChat: isChat) })
        return .object(fields)
    }
}
