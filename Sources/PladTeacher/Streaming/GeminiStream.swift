import PladRecords

/// Assembles the chunks of Gemini's streamGenerateContent.
///
/// Each chunk is a document like that of the whole response, with the next parts of each candidate; a candidate ends with its
/// `finishReason`. There is no other end, and chunks have no numbers.
enum GeminiStream {
    private struct Candidate {
        var thoughts = ThoughtPieces()
        var pieces = StreamPieces()
        var fields: [String: JSONValue] = [:]
        /// True if every chunk so far with text also had a finish reason: such a reason does not mean the end.
        var repeatsReason = true
    }

    static func document(_ events: [StreamEvent]) throws(StreamError) -> JSONValue {
        var fields: [String: JSONValue] = [:]
        var candidates: [Int: Candidate] = [:]
        for event in events.inOrderOfIDs where !event.isDone {
            let chunk = try event.document()
            for name in ["usageMetadata", "modelVersion", "responseId", "promptFeedback"] { fields[name] = chunk[name] ?? fields[name] }
            for given in chunk["candidates"]?.array ?? [] {
                let index = given["index"]?.int ?? 0
                candidates[index] = try extended(candidates[index] ?? Candidate(), by: given)
            }
        }
        guard !candidates.isEmpty else {
            guard Ending.isGiven(fields["promptFeedback"]?["blockReason"]) else {
                throw .broken("brings no candidate, and no \"promptFeedback\" says why")
            }
            return .object(fields)
        }
        guard candidates.values.allSatisfy({ $0.fields["finishReason"] != nil }) else { throw .broken("ends without a finishReason") }
        let sorted = candidates.sorted { $0.key < $1.key }
        guard sorted.map(\.key) == Array(0..<candidates.count) else { throw .broken("leaves a candidate out") }
        let tokens = Usage(gemini: fields["usageMetadata"])?.completionTokens
        for candidate in sorted { try candidate.value.pieces.check(tokens: tokens, beside: candidate.value.thoughts.count) }
        fields["candidates"] = .array(
            sorted.map { index, candidate in
                let thoughts =
                    candidate.thoughts.text.isEmpty ? [] : [["text": .string(candidate.thoughts.text), "thought": true] as JSONValue]
                let parts = thoughts + [["text": .string(candidate.pieces.text)]]
                return .object(candidate.fields.merging(["index": .int(Int64(index)), "content": ["parts": .array(parts)]]) { $1 })
            })
        return .object(fields)
    }

    private static func extended(_ candidate: Candidate, by given: JSONValue) throws(StreamError) -> Candidate {
        var candidate = candidate
        let reason = Ending.isGiven(given["finishReason"]) ? given["finishReason"] : nil
        for part in given["content"]?["parts"]?.array ?? [] {
            guard let text = part["text"]?.string, !text.isEmpty else { continue }
            if reason == nil { candidate.repeatsReason = false }
            guard candidate.fields["finishReason"] == nil || candidate.repeatsReason else {
                throw .broken("goes on after its finishReason")
            }
            if part["thought"] == true {
                candidate.thoughts.append(text)
            } else {
                candidate.pieces.append(text)
            }
        }
        if let reason {
            let known = candidate.fields["finishReason"]
            guard known == nil || known == reason || candidate.repeatsReason else { throw .broken("ends twice, and differently") }
            candidate.fields["finishReason"] = reason
        }
        return candidate
    }
}
