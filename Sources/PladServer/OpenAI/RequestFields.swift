import Foundation
import PladRecords

/// The fields of a request's body, by name and type. A null field counts as absent.
struct RequestFields {
    private let members: [String: JSONValue]

    /// Parses the body. Throws an `APIError` if it is not a JSON object.
    init(body: Data) throws(APIError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw APIError(400, "the body is \((error as? any Failure)?.message ?? "not JSON"); send one JSON object", code: "invalid_json")
        }
        guard let members = value.object else { throw APIError(400, "the body is not a JSON object; send one", code: "invalid_json") }
        self.members = members.filter { $0.value != .null }
    }

    subscript(name: String) -> JSONValue? { members[name] }

    func string(_ name: String) throws(APIError) -> String? {
        guard let value = members[name] else { return nil }
        guard let string = value.string else { throw .invalid(name, "is not a string") }
        return string
    }

    func bool(_ name: String) throws(APIError) -> Bool? {
        guard let value = members[name] else { return nil }
        guard let bool = value.bool else { throw .invalid(name, "is neither true nor false") }
        return bool
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let value = members[name] else { return nil }
        guard let integer = value.int else { throw .invalid(name, "is not a whole number") }
        guard range.contains(integer) else {
            let wanted = range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw .invalid(name, "is \(integer); it must be \(wanted)")
        }
        return integer
    }

    /// The limit on the number of tokens. -1 is the rest of the context, as in other local servers.
    func tokenLimit(_ name: String) throws(APIError) -> Int? {
        guard members[name]?.int != -1 else { return .max }
        return try integer(name, in: 1...Int.max)
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(APIError) -> Double? {
        guard let value = members[name] else { return nil }
        guard let number = value.double else { throw .invalid(name, "is not a number") }
        guard range.contains(number) else { throw .invalid(name, "is \(number); it must be \(range.lowerBound) to \(range.upperBound)") }
        return number
    }

    /// Throws for an unknown field, and for one that requests a feature that this server lacks: it must not look as if the request had
    /// been understood.
    func refuse(unless known: Set<String>) throws(APIError) {
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where !known.contains(name) && !Self.withoutEffect.contains(name) {
            guard let neutral = Self.neutral[name] else {
                throw .invalid(name, "is not a field that plad knows", code: "unknown_parameter")
            }
            guard neutral.contains(value) else {
                throw .invalid(name, "is not supported by plad; leave it out", code: "unsupported_parameter")
            }
        }
    }

    /// Fields that do not change the completion.
    private static let withoutEffect: Set<String> = [
        "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key", "parallel_tool_calls",
        "prompt_cache_retention", "cache_prompt", "keep_alive", "priority", "request_id",
    ]

    /// Fields of the API, and of other local servers, that this one does not implement, with the values that have no effect.
    private static let neutral: [String: [JSONValue]] = [
        "frequency_penalty": [0], "presence_penalty": [0], "logit_bias": [.object([:])], "logprobs": [false], "top_logprobs": [0],
        "response_format": [["type": "text"]], "tools": [[]], "tool_choice": ["none", "auto"], "functions": [[]],
        "function_call": ["none", "auto"], "modalities": [["text"]], "echo": [false], "suffix": [""], "best_of": [1],
        "extra_body": [.object([:])], "chat_template_kwargs": [.object([:])], "repeat_penalty": [1], "repetition_penalty": [1],
        "length_penalty": [1], "min_p": [0], "top_a": [0], "typical_p": [1], "tfs_z": [1], "mirostat": [0], "dynatemp_range": [0],
        "xtc_probability": [0], "dry_multiplier": [0], "no_repeat_ngram_size": [0], "min_tokens": [0], "ignore_eos": [false],
        "use_beam_search": [false], "stop_token_ids": [[]], "bad_words": [[]], "skip_special_tokens": [true],
        "spaces_between_special_tokens": [true], "include_stop_str_in_output": [false], "add_generation_prompt": [true],
        "continue_final_message": [false],
    ]
}
