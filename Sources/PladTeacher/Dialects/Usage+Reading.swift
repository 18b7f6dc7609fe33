import PladRecords

extension JSONValue {
    /// A count of tokens that can be one: what no model has ever read or written counts as not said.
    fileprivate var tokenCount: Int? { int.flatMap { (0...1 << 40).contains($0) ? $0 : nil } }

    /// The same of a completion's tokens. Where the field is missing, null or none, they are what the total has beyond the
    /// prompt's; without a total none.
    fileprivate func completionTokens(_ field: String, beyond prompt: Int, of total: String?) -> Int? {
        let given = self[field] ?? .null
        guard given == .null || given == 0 else { return given.tokenCount }
        return max(0, (total.flatMap { self[$0]?.tokenCount } ?? 0) - prompt)
    }
}

extension Usage {
    /// These counts, if they can be those of a completion with this text; nil where they cannot, as where an endpoint counts nothing
    /// and says 0: then the answer costs the most that it can.
    ///
    /// An answer took a token for each 32 bytes at the least, and no prompt is none. (Tokens of real texts hold four; runs of one
    /// character may have more in each, and are charged too much rather than not at all.)
    func credible(for text: String) -> Usage? {
        let bytes = text.utf8.count
        return bytes == 0 || (promptTokens > 0 && completionTokens >= (bytes + 31) / 32) ? self : nil
    }
}

/// The counts of tokens as each API spells them; nil where the prompt's is missing. Counts of cached tokens are part of the
/// prompt's, those of reasoning part of the completion's, whatever the API makes of it.
extension Usage {
    /// Chat and completions. `prompt_cache_hit_tokens` is DeepSeek's, `cached_tokens` Moonshot's, `reasoning_tokens` beside
    /// the others Perplexity's. xAI leaves reasoning out of the completion's count, which the total gives away.
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

    /// Anthropic counts the tokens that its prompt cache held, or took up, apart from the others, and does not say how many
    /// were thought.
    init?(anthropic counts: JSONValue?) {
        guard let counts, let prompt = counts["input_tokens"]?.tokenCount,
            let completion = counts.completionTokens("output_tokens", beyond: prompt, of: nil)
        else { return nil }
        let cached = counts["cache_read_input_tokens"]?.tokenCount
        self.init(
            promptTokens: prompt + (cached ?? 0) + (counts["cache_creation_input_tokens"]?.tokenCount ?? 0),
            completionTokens: completion, cachedTokens: cached)
    }

    /// Gemini counts thinking apart from the answer, and is paid for both.
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
