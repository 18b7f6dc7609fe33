import PladRecords

/// The meaning of an endpoint's finish reason, the same in all dialects.
///
/// Only a word that is known to end whole completions makes one `whole`; case, spaces and hyphens do not matter. A missing word
/// (absent, null, empty) is `unfinished` too, since a whole completion then cannot be distinguished from a torn one.
///
/// | word | reading |
/// |---|---|
/// | `stop`, `eos`, `eos_token`, `end_turn`, `stop_sequence`, `complete`, … | whole |
/// | `length`, `max_tokens`, `max_output_tokens`, `model_context_window_exceeded`, … | truncated |
/// | `content_filter`, `SAFETY`, `RECITATION`, `PROHIBITED_CONTENT`, `sensitive`, … | filtered |
/// | `refusal` | refused |
/// | `error`, `insufficient_system_resource`, `network_error` | the endpoint broke it off: asked again |
/// | `tool_calls`, `pause_turn`, `abort`, `OTHER`, `MALFORMED_FUNCTION_CALL`, any other, none | unfinished, by its name |
///
/// Source: the API references of OpenAI, Anthropic, Google, Ollama, Mistral, DeepSeek, Zhipu and Amazon Bedrock, and what vLLM, SGLang,
/// TGI and llama.cpp send.
enum Ending: Equatable {
    case finished(FinishReason)
    /// - Parameter name: value of the completion's `ending`.
    case unfinished(name: String)
    case brokenOff(String)

    init(_ word: JSONValue?) {
        let given = word?.string ?? (word == nil || word == .null ? "" : word!.canonical)
        switch Self.plain(given) {
        case let word where Self.whole.contains(word): self = .finished(.stop)
        case let word where Self.truncated.contains(word): self = .finished(.length)
        case let word where Self.filtered.contains(word): self = .finished(.filtered)
        case "refusal", "refused": self = .finished(.refused)
        case let word where Self.broken.contains(word): self = .brokenOff(given)
        case "", "null", "none": self = .unfinished(name: "no finish reason")
        default: self = .unfinished(name: String(given.prefix(80)))
        }
    }

    /// The completion's finish reason and, if that is `other`, its name; nil if the endpoint broke the completion off.
    var finish: (reason: FinishReason, ending: String?)? {
        switch self {
        case .finished(let reason): (reason, nil)
        case .unfinished(let name): (.other, name)
        case .brokenOff: nil
        }
    }

    /// The meaning for a completion that may hold tool calls beside its text: a text before a call announces it, and is unfinished.
    func calling(_ calls: JSONValue?) -> Ending {
        let isCall =
            switch calls {
            case nil, .null: false
            case .array(let list): !list.isEmpty
            case .object(let fields): !fields.isEmpty
            default: true
            }
        return isCall && self == .finished(.stop) ? .unfinished(name: "a tool call") : self
    }

    /// This end of a completion that Azure's filter may have stopped: `{"hate": {"filtered": true, …}}`.
    func filtered(by results: JSONValue?) -> Ending {
        results?.object?.values.contains { $0["filtered"] == true } == true ? .finished(.filtered) : self
    }

    /// True if a stream's chunk gives a reason: many send an empty one, or the word null, until the end.
    static func isGiven(_ word: JSONValue?) -> Bool {
        guard let word, word != .null else { return false }
        return word.string.map { !["", "null", "none"].contains(plain($0)) } ?? true
    }

    private static func plain(_ word: String) -> String {
        String(word.cut(toBytes: CompletionBounds.nameBytes).lowercased().filter { !$0.isWhitespace }.map { $0 == "-" ? "_" : $0 })
    }

    private static let whole: Set = [
        "stop", "eos", "eos_token", "end_of_text", "endoftext", "end_turn", "stop_sequence", "complete", "completed", "finish", "finished",
    ]
    private static let truncated: Set = [
        "length", "max_tokens", "max_token", "max_length", "max_new_tokens", "max_output_tokens", "max_completion_tokens", "model_length",
        "token_limit", "context_length", "context_length_exceeded", "model_context_window_exceeded",
    ]
    private static let filtered: Set = [
        "content_filter", "content_filtered", "contentfilter", "safety", "recitation", "language", "blocklist", "prohibited_content",
        "spii",
        "image_safety", "image_prohibited_content", "image_recitation", "model_armor", "guardrail_intervened", "sensitive", "moderation",
        "blocked",
    ]
    private static let broken: Set = ["error", "insufficient_system_resource", "network_error"]
}
