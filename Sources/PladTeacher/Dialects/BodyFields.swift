import Foundation
import PladHTTP
import PladRecords

/// Fields that the dialects' bodies have in common.
extension SamplingParameters {
    /// The stop texts, nil for none: some endpoints refuse an empty list.
    var stopField: JSONValue? {
        stop.isEmpty ? nil : .array(stop.map { .string($0) })
    }

    /// Where a seed is given, sample k is asked with seed + k: the same seed again would bring the same answer. Cut to
    /// the 63 bits that a JSON integer has everywhere.
    func seedField(sample: Int) -> JSONValue? {
        seed.map { .int(Int64(truncatingIfNeeded: ($0 &+ UInt64(sample)) & UInt64(Int64.max))) }
    }
}

extension [String: JSONValue] {
    /// These fields with others laid over them: an object over an object field by field; null takes a field out.
    func overlaid(with extra: [String: JSONValue]) -> [String: JSONValue] {
        var fields = self
        for (name, value) in extra {
            switch (fields[name], value) {
            case (_, .null): fields[name] = nil
            case (.object(let inner), .object(let over)): fields[name] = .object(inner.overlaid(with: over))
            default: fields[name] = value
            }
        }
        return fields
    }
}

extension [Message] {
    /// The system messages' text, nil for none, and the other messages: for endpoints that take them apart.
    var partedFromSystem: (system: String?, others: [Message]) {
        let system = filter { $0.role == "system" }.map(\.content)
        return (system.isEmpty ? nil : system.joined(separator: "\n\n"), filter { $0.role != "system" })
    }

    /// `[{"role", "content"}]`
    var field: JSONValue {
        .array(map { ["role": .string($0.role), "content": .string($0.content)] })
    }
}

extension Reading {
    /// A document that is no answer: the error it reports, which gateways send under status 200, else what it lacks.
    static func missing(_ what: String, in document: JSONValue) -> Reading {
        if let fault = ProviderFault(inside: document) { return .fault(fault) }
        return .unreadable("it holds no \(what); perhaps the API speaks another dialect than `teacher.dialect` says")
    }

    /// The completion, or that the endpoint itself broke the answer off: with an error in its `choice`, or for the reason `ending`.
    static func completion(_ completion: Completion?, else ending: JSONValue?, in choice: JSONValue? = nil) -> Reading {
        if let choice, choice["error"]?.isError == true, let fault = ProviderFault(inside: choice) { return .fault(fault) }
        if let completion { return .completion(completion) }
        return .unreadable("the endpoint broke the answer off: \"\(ending?.string ?? "null")\"")
    }

    /// The provider's filter has withheld the answer.
    static func withheld(_ usage: Usage? = nil, model: JSONValue? = nil) -> Reading {
        .completion(Completion(text: "", finishReason: .filtered, usage: usage, model: model?.string))
    }
}

extension Credential.Style {
    /// OpenAI's way, or Azure's where the host is Azure's.
    static func openAI(host: String?) -> Credential.Style {
        host?.hasSuffix(".azure.com") == true ? .header("api-key") : .bearer
    }
}
