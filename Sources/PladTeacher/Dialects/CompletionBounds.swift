import PladRecords

/// The bounds on a response's document, which hold before anything in it is looked at: work on a completion is then never more than a few
/// seconds of the processor, whatever an endpoint sends.
enum CompletionBounds {
    /// Largest number of bytes of all texts in a completion: several times what the longest models write.
    static let textBytes = 4 << 20
    /// Largest number of bytes of a name, such as the model's or the finish reason's; the rest is cut off.
    static let nameBytes = 300

    /// Fields whose texts are names rather than completions.
    private static let names: Set = [
        "model", "modelVersion", "id", "responseId", "object", "role", "type", "status", "code", "reason", "finish_reason", "finishReason",
        "stop_reason", "done_reason", "native_finish_reason", "stop_sequence", "system_fingerprint", "service_tier",
    ]

    /// The document with its names cut. Throws `StreamError.broken` if its texts are longer than a completion's may be.
    static func applied(to document: JSONValue) throws(StreamError) -> JSONValue {
        var (bytes, hasLongName) = (0, false)
        measure(document, &bytes, &hasLongName)
        guard bytes <= textBytes else { throw .tooLong(bytes) }
        return hasLongName ? cut(document) : document
    }

    private static func measure(_ value: JSONValue, _ bytes: inout Int, _ hasLongName: inout Bool) {
        switch value {
        case .string(let text): bytes += text.utf8.count
        case .array(let elements): for element in elements { measure(element, &bytes, &hasLongName) }
        case .object(let members):
            for (key, member) in members where key != "logprobs" {
                if let name = member.string, name.utf8.count > nameBytes, names.contains(key) {
                    hasLongName = true
                } else {
                    measure(member, &bytes, &hasLongName)
                }
            }
        case .null, .bool, .int, .double: break
        }
    }

    private static func cut(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(cut))
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { key, member in
                        guard let name = member.string else { return (key, cut(member)) }
                        return (key, names.contains(key) ? .string(name.cut(toBytes: nameBytes)) : member)
                    }))
        case .string, .null, .bool, .int, .double: value
        }
    }
}

extension Reading {
    /// The reading with a reason that is short enough to be kept and shown.
    var withShortReason: Reading {
        guard case .unreadable(let reason) = self else { return self }
        return .unreadable(reason.cut(toBytes: 600))
    }
}
