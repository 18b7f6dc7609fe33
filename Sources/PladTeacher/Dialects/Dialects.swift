import Foundation
package import PladRecords

/// The dialects by name and by address.
package enum Dialects {
    package static let names = ["openai-chat", "openai-responses", "openai-completions", "anthropic", "gemini", "ollama"]

    /// The dialect of this name; nil for an unknown one.
    ///
    /// - Parameters:
    ///   - model: name of the model; not needed to read recorded responses.
    ///   - remote: address of the endpoint: some hosts have their own names of a field or a header.
    ///   - extra: fields to add to every body or replace in it; null removes one.
    package static func named(
        _ name: String, model: String = "", remote: String? = nil, extra: [String: JSONValue] = [:]
    ) -> (any Dialect)? {
        switch name {
        case "openai-chat": OpenAIChatDialect(model: model, remote: remote, extra: extra)
        case "openai-responses": OpenAIResponsesDialect(model: model, remote: remote, extra: extra)
        case "openai-completions": OpenAICompletionsDialect(model: model, remote: remote, extra: extra)
        case "anthropic": AnthropicDialect(model: model, extra: extra)
        case "gemini": GeminiDialect(model: model, extra: extra)
        case "ollama": OllamaDialect(model: model, extra: extra)
        default: nil
        }
    }

    /// The name of an address's dialect: by the end of its path, else by its host, else OpenAI's chat, which nearly all endpoints also
    /// have.
    package static func name(for remote: String) -> String {
        let path = URLComponents(string: remote)?.path ?? ""
        let endings = [
            ("/chat/completions", "openai-chat"), ("/completions", "openai-completions"), ("/responses", "openai-responses"),
            ("/messages", "anthropic"), (":generateContent", "gemini"), ("/api/chat", "ollama"), ("/openai", "openai-chat"),
        ]
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        if let ending = endings.first(where: { trimmed.hasSuffix($0.0) }) { return ending.1 }
        return switch host(of: remote) {
        case "api.anthropic.com": "anthropic"
        case "generativelanguage.googleapis.com": "gemini"
        default: "openai-chat"
        }
    }

    static func host(of remote: String?) -> String? {
        remote.flatMap { URLComponents(string: $0)?.host?.lowercased() }
    }
}
