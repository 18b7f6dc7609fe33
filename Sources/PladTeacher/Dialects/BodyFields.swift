import Foundation
import PladHTTP
import PladRecords

/// The fields that several dialects' bodies share.
extension SamplingParameters {
    /// The stop texts; nil for none, since some endpoints refuse an empty list.
    var stopField: JSONValue? {
        stop.isEmpty ? nil : .array(stop.map { .string($0) })
    }

    /// The seed of a request: sample k gets seed + k, since the same seed would bring the same completion. Cut to 63 bits, which every
    /// JSON integer can hold.
    func seedField(sample: Int) -> JSONValue? {
        seed.map { .int(Int64(truncatingIfNeeded: ($0 &+ UInt64(sample)) & UInt64(Int64.max))) }
    }
}

extension [String: JSONValue] {
    /// These fields merged with others, which take precedence: objects are merged field by field; null removes a field.
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
    /// The system messages' text, nil for none, and the other messages, for endpoints that separate them.
    var partedFromSystem: (system: String?, others: [Message]) {
        let system = filter { $0.role == "system" }.map(\.content)
        return (system.isEmpty ? nil : system.joined(separator: "\n\n"), filter { $0.role != "system" })
    }

    /// Messages in the form `[{"role", "content"}]`.
    var field: JSONValue {
        .array(map { ["role": .string($0.role), "content": .string($0.content)] })
    }
}

extension Reading {
    /// The reading of a document without a completion: the error in it, which gateways send under status 200, else the missing field.
    static func missing(_ what: String, in document: JSONValue) -> Reading {
        if let fault = ProviderFault(inside: document) { return .fault(fault) }
        return .unreadable("it holds no \(what); perhaps the API speaks another dialect than `teacher.dialect` says")
    }

    /// The reading of a completion; the endpoint itself broke off if its `choice` holds an error, or without a completion for the reason
    /// beside `ending`.
    static func completion(_ completion: Completion?, else ending: JSONValue?, in choice: JSONValue? = nil) -> Reading {
        if let choice, choice["error"]?.isError == true, let fault = ProviderFault(inside: choice) { return .fault(fault) }
        if let completion { return .completion(completion) }
        return .unreadable("the endpoint broke the completion off: \"\(ending?.string ?? "null")\"")
    }

    /// The reading of a completion that the provider's filter withheld.
    static func withheld(_ usage: Usage? = nil, model: JSONValue? = nil) -> Reading {
        .completion(Completion(text: "", finishReason: .filtered, usage: usage, model: model?.string))
    }
}

extension Credential.Style {
    /// The style of OpenAI's key header, or Azure's for its hosts.
    static func openAI(host: String?) -> Credential.Style {
        host?.hasSuffix(".azure.com") == true ? .header("api-key") : .bearer
    }
}
