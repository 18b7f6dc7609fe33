import PladRecords

extension JSONValue {
    /// A plausible number of tokens; nil for one that no model has ever read or written.
    fileprivate var tokenCount: Int? { int.flatMap { (0...1 << 40).contains($0) ? $0 : nil } }

    /// The number of completion tokens. If the field is missing, null or implausible, it is the total minus the prompt's; nil without a
    /// total.
    fileprivate func completionTokens(_ field: String, beyond prompt: Int, of total: String?) -> Int? {
        let given = self[field] ?? .null
        guard given == .null || given == 0 else { return given.tokenCount }
        return max(0, (total.flatMap { self[$0]?.tokenCount } ?? 0) - prompt)
    }
}

extension Usage {
    /// These counts, if they are plausible for a completion with this text; nil if not, as for an endpoint that always says 0: the
    /// completion then costs the upper bound.
    ///
    /// A completion takes at least one token for each 32 bytes, and a prompt at least one. (Tokens of real texts hold four bytes; runs
    /// of one character may have more in each, and are charged too much rather than not at all.)
    func credible(for text: String) -> Usage? {
        let bytes = text.utf8.count
        return bytes == 0 || (promptTokens > 0 && completionTokens >= (bytes + 31) / 32) ? self : nil
    }
}

/// Reads the token counts of each API; nil if the prompt's is missing. In every API, cached tokens count as part of the prompt's here,
/// and reasoning tokens as part of the completion's.
extension Usage {
    /// Reads the counts of chat and completions. `prompt_cache_hit_tokens` is DeepSeek's, `cached_tokens` Moonshot's, and top-level
    /// `reasoning_tokens` Perplexity's. xAI leaves reasoning out of the completion's count, but not out of the total.
    init?(openAI counts: JSONValue?) {
        guard let counts, let prompt = counts["prompt_tokens"]?.tokenCount,
            let completion = counts.completionTokens("completion_tokens", beyond: prompt, of: "total_tokens")
        else { return nil }
        let reasoning = counts["completion_tokens_details"]?["reasoning_tokens"]?.tokenCount ?? counts["reasoning_tokens"]?.tokenCount
        let isApart = reasoning.map { $0 > 0 && counts["total_tokens"]?.int == prompt + completion + $0 } ?? false
        self.init(
            promptTokens: prompt, completionTokens: completion + (isApart ? reasoning ?? 0 : 0),
            cachedTokens: counts["prompt_tokens_details"]?["cached_tokens"]?.tokenCount ?? counts["prompt_cache_hit_tokens"]?.tokenCount
                ?? counts["cached_tokens"]?.tokenCount,
            reasoningTokens: reasoning)
    }

    init?(openAIResponses counts: JSONValue?) {
        guard let counts, let prompt = counts["input_tokens"]?.tokenCount,
            let completion = counts.completionTokens("output_tokens", beyond: prompt, of: "total_tokens")
        else { return nil }
        self.init(
            promptTokens: prompt, completionTokens: completion,
            cachedTokens: counts["input_tokens_details"]?["cached_tokens"]?.tokenCount,
            reasoningTokens: counts["output_tokens_details"]?["reasoning_tokens"]?.tokenCount)
    }

    /// Reads Anthropic's counts, which separate the tokens read from and written to its prompt cache, and do not count thinking.
    init?(anthropic counts: JSONValue?) {
        guard let counts, let prompt = counts["input_tokens"]?.tokenCount,
            let completion = counts.completionTokens("output_tokens", beyond: prompt, of: nil)
        else { return nil }
        let cached = counts["cache_read_input_tokens"]?.tokenCount
        self.init(
            promptTokens: prompt + (cached ?? 0) + (counts["cache_creation_input_tokens"]?.tokenCount ?? 0),
            completionTokens: completion, cachedTokens: cached)
    }

    /// Reads Gemini's counts, which separate thinking from the completion, and charge for both.
    init?(gemini counts: JSONValue?) {
        guard let counts, let prompt = counts["promptTokenCount"]?.tokenCount,
            let completion = counts.completionTokens(
                "candidatesTokenCount", beyond: prompt + (counts["thoughtsTokenCount"]?.tokenCount ?? 0), of: "totalTokenCount")
        else { return nil }
        let thoughts = counts["thoughtsTokenCount"]?.tokenCount
        self.init(
            promptTokens: prompt, completionTokens: completion + (thoughts ?? 0),
            cachedTokens: counts["cachedContentTokenCount"]?.tokenCount, reasoningTokens: thoughts)
    }

    init?(ollama counts: JSONValue?) {
        guard let counts, let prompt = counts["prompt_eval_count"]?.tokenCount,
            let completion = counts.completionTokens("eval_count", beyond: prompt, of: nil)
        else { return nil }
        self.init(promptTokens: prompt, completionTokens: completion)
    }
}
