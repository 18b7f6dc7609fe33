/// The dialects by their names.
package enum Dialects {
    package static let names = ["openai-chat"]

    /// The dialect of this name, nil for an unknown one. Reading recorded responses needs no model name.
    package static func named(_ name: String, model: String = "", remote: String? = nil) -> (any Dialect)? {
        switch name {
        case "openai-chat": OpenAIChatDialect(model: model, remote: remote)
        default: nil
        }
    }
}
