import Foundation
package import PladRecords
import PladTeacher

/// A line of a recording: a row of the cache as reviewable JSON.
///
/// The response is an object if its bytes are canonical JSON, a string if they are other UTF-8, else base 64, so that every body can be
/// restored byte by byte.
extension StoredCompletion {
    /// The line as a document without nil fields. Throws `RecordError` for a request that is not JSON.
    ///
    /// - Parameter withTimes: true to include times, which make each recording of the same completions a different file.
    package func recording(withTimes: Bool) throws -> JSONValue {
        var fields: [String: JSONValue] = [
            "key": .string(key.description), "dialect": .string(dialect), "teacher": .string(teacher), "path": .string(path),
            "request": try JSONValue(parsing: Data(request.utf8)), "sample": .int(Int64(sample)), "status": .int(Int64(status)),
            "finish_reason": .string(finishReason.rawValue), "attempts": .int(Int64(attempts)),
        ]
        let text = String(validating: response, as: UTF8.self)
        if let document = try? JSONValue(parsing: response), document.canonical == text {
            fields["response"] = document
        } else if let text {
            fields["response_text"] = .string(text)
        } else {
            fields["response_base64"] = .string(response.base64EncodedString())
        }
        fields["choice"] = choice == 0 ? nil : .int(Int64(choice))
        fields["usage"] = usage.map(\.recording)
        fields["model"] = model.map { .string($0) }
        guard withTimes else { return .object(fields) }
        fields["asked_at_ms"] = askedAt.map { .int($0) }
        fields["first_byte_ms"] = firstByte.map { .double($0) }
        fields["total_ms"] = total.map { .double($0) }
        return .object(fields)
    }

    /// Makes the row of a line.
    ///
    /// Throws `RecordError.malformed` with the invalid field, also if the key is not the digest of the request.
    package init(recording document: JSONValue) throws {
        guard document.object != nil else { throw RecordError(.malformed, "is not an object; give one recorded completion a line") }
        func required<Value>(_ name: String, _ read: (JSONValue) -> Value?) throws -> Value {
            guard let field = document[name] else { throw RecordError(.malformed, "lacks \"\(name)\"") }
            guard let value = read(field) else {
                throw RecordError(.malformed, "\"\(name)\" is \(field.canonical.prefix(40)), which is not valid")
            }
            return value
        }
        func optional<Value>(_ name: String, _ read: (JSONValue) -> Value?) throws -> Value? {
            document[name] == nil || document[name] == .null ? nil : try required(name, read)
        }
        func count(_ value: JSONValue) -> Int? { value.int.flatMap { RowReader.Bounds.count.contains(Int64($0)) ? $0 : nil } }
        func time(_ value: JSONValue) -> Double? { value.double.flatMap { RowReader.Bounds.duration.contains($0) ? $0 : nil } }
        let asked = TeacherRequest(
            dialect: try required("dialect", \.string), teacher: try required("teacher", \.string), path: try required("path", \.string),
            body: try required("request") { $0.object == nil ? nil : $0 }, sample: try required("sample", count))
        let text = try optional("response_text", \.string)
        let bytes = try optional("response_base64") { $0.string.flatMap { Data(base64Encoded: $0) } }
        guard let body = document["response"].map({ Data($0.canonical.utf8) }) ?? text.map({ Data($0.utf8) }) ?? bytes else {
            throw RecordError(.malformed, "lacks \"response\", the body that the endpoint sent")
        }
        self.init(
            asked, status: try required("status") { $0.int.flatMap { RowReader.Bounds.status.contains(Int64($0)) ? $0 : nil } },
            response: body,
            finishReason: try required("finish_reason") { $0.string.flatMap(FinishReason.init) },
            usage: try optional("usage", Usage.init(recording:)), model: try optional("model", \.string),
            attempts: try required("attempts", count))
        choice = try optional("choice", count) ?? 0
        askedAt = try optional("asked_at_ms") { $0.int.map { Int64($0) }.flatMap { RowReader.Bounds.time.contains($0) ? $0 : nil } }
        firstByte = try optional("first_byte_ms", time)
        total = try optional("total_ms", time)
        if let given = try optional("key", \.string), given != key.description {
            throw RecordError(
                .malformed, "\"key\" is not the digest of the request, which was edited: take \"key\" out to accept it as it is")
        }
    }
}

extension Usage {
    fileprivate var recording: JSONValue {
        var counts: [String: JSONValue] = [
            "prompt_tokens": .int(Int64(promptTokens)), "completion_tokens": .int(Int64(completionTokens)),
        ]
        counts["cached_tokens"] = cachedTokens.map { .int(Int64($0)) }
        counts["reasoning_tokens"] = reasoningTokens.map { .int(Int64($0)) }
        return .object(counts)
    }

    /// Nil if there are no token counts. Older recordings spell the keys like properties.
    fileprivate init?(recording usage: JSONValue) {
        func count(_ key: String) -> Int? {
            (usage[key] ?? usage[SnakeCase.property(key)])?.int.flatMap { RowReader.Bounds.count.contains(Int64($0)) ? $0 : nil }
        }
        guard let prompt = count("prompt_tokens"), let completion = count("completion_tokens") else { return nil }
        self.init(
            promptTokens: prompt, completionTokens: completion, cachedTokens: count("cached_tokens"),
            reasoningTokens: count("reasoning_tokens"))
    }
}
