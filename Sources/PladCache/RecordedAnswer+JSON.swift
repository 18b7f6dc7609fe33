import Foundation
package import PladRecords

extension RecordedAnswer {
    /// The line as a document; what is nil is left out.
    package var document: JSONValue {
        var fields: [String: JSONValue] = [
            "dialect": .string(dialect), "teacher": .string(teacher), "path": .string(path), "request": request,
            "sample": .int(Int64(sample)), "status": .int(Int64(status)), "finish_reason": .string(finishReason.rawValue),
            "attempts": .int(Int64(attempts)),
        ]
        fields["key"] = key.map { .string($0) }
        fields["response"] = response
        fields["response_text"] = responseText.map { .string($0) }
        fields["response_base64"] = responseBase64.map { .string($0.base64EncodedString()) }
        fields["choice"] = choice.map { .int(Int64($0)) }
        fields["usage"] = usage.map {
            var counts: [String: JSONValue] = [
                "prompt_tokens": .int(Int64($0.promptTokens)), "completion_tokens": .int(Int64($0.completionTokens)),
            ]
            counts["cached_tokens"] = $0.cachedTokens.map { .int(Int64($0)) }
            counts["reasoning_tokens"] = $0.reasoningTokens.map { .int(Int64($0)) }
            return .object(counts)
        }
        fields["model"] = model.map { .string($0) }
        fields["asked_at_ms"] = askedAt.map { .int($0) }
        fields["first_byte_ms"] = firstByte.map { .double($0) }
        fields["total_ms"] = total.map { .double($0) }
        return .object(fields)
    }

    /// Throws `RecordError.malformed` that names the field at fault.
    package init(_ document: JSONValue) throws {
        guard document.object != nil else { throw RecordError(.malformed, "is no object; give one recorded answer a line") }
        func required<Value>(_ name: String, _ read: (JSONValue) -> Value?) throws -> Value {
            guard let field = document[name] else { throw RecordError(.malformed, "lacks \"\(name)\"") }
            guard let value = read(field) else {
                throw RecordError(.malformed, "\"\(name)\" is \(field.canonical.prefix(40)), which it cannot be")
            }
            return value
        }
        func optional<Value>(_ name: String, _ read: (JSONValue) -> Value?) throws -> Value? {
            document[name] == nil || document[name] == .null ? nil : try required(name, read)
        }
        key = try optional("key", \.string)
        dialect = try required("dialect", \.string)
        teacher = try required("teacher", \.string)
        path = try required("path", \.string)
        request = try required("request") { $0.object == nil ? nil : $0 }
        sample = try required("sample", \.int)
        status = try required("status", \.int)
        response = document["response"]
        responseText = try optional("response_text", \.string)
        responseBase64 = try optional("response_base64") { $0.string.flatMap { Data(base64Encoded: $0) } }
        choice = try optional("choice") { $0.int.flatMap { $0 < 0 ? nil : $0 } }
        finishReason = try required("finish_reason") { $0.string.flatMap(FinishReason.init) }
        usage = try optional("usage") { usage in
            // Older recordings spell these as properties.
            func count(_ key: String) -> Int? { (usage[key] ?? usage[SnakeCase.property(key)])?.int }
            guard let prompt = count("prompt_tokens"), let completion = count("completion_tokens") else { return nil }
            return Usage(
                promptTokens: prompt, completionTokens: completion, cachedTokens: count("cached_tokens"),
                reasoningTokens: count("reasoning_tokens"))
        }
        model = try optional("model", \.string)
        attempts = try required("attempts", \.int)
        askedAt = try optional("asked_at_ms") { $0.int.map { Int64($0) } }
        firstByte = try optional("first_byte_ms", \.double)
        total = try optional("total_ms", \.double)
    }
}
