public import PladRecords
import PladTokenizer

extension Student {
    /// Continues a text.
    ///
    /// - Parameters:
    ///   - prompt: text to continue; the tokenizer's special tokens are added, and no chat template.
    ///   - count: number of samples.
    ///   - seed: seed of the random streams; the same seed gives the same samples.
    ///
    /// Throws `StudentError` for parameters out of range and for a prompt that fills the student's context.
    public func completions(
        of prompt: String, _ parameters: SamplingParameters = SamplingParameters(), count: Int = 1, seed: UInt64 = 0
    ) throws -> [Completion] {
        try completions(of: tokenizer.encodePrompt(prompt), parameters, count, seed)
    }

    /// Completes a conversation, rendered by the student's chat template; without a template, as its contents, one per line.
    ///
    /// Throws `TokenizerError` if the template refuses the messages, and what `completions` of a text throws.
    public func completions(
        of messages: [Message], _ parameters: SamplingParameters = SamplingParameters(), count: Int = 1, seed: UInt64 = 0
    ) throws -> [Completion] {
        guard let template = tokenizer.chatTemplate else {
            return try completions(of: messages.map(\.content).joined(separator: "\n"), parameters, count: count, seed: seed)
        }
        // The template writes the special tokens itself.
        let text = try template.render(messages: messages, addGenerationPrompt: true)
        return try completions(of: tokenizer.encode(text, addSpecialTokens: false), parameters, count, seed)
    }

    private func completions(of prompt: [TokenID], _ parameters: SamplingParameters, _ count: Int, _ seed: UInt64) throws -> [Completion] {
        let streams = (0..<count).map { SeededGenerator(seed: seed, "sample", String($0)) }
        let request = DecodeRequest(prompt: prompt, parameters: parameters, streams: streams)
        return try sample([request], slots: max(1, count))[0].map { Completion(text: $0.text, finishReason: $0.finishReason) }
    }

    /// Log-probability log P(completion | prompt) in nats: the sum over the completion's tokens, the end-of-sequence token included.
    ///
    /// Throws `StudentError` if both together do not fit the student's context.
    public func logProbability(of completion: String, after prompt: String) throws -> Double {
        let tokens = tokenizer.encodeContinuation(completion) + endOfSequence.prefix(1)
        let tree = PromptTree(prompt: tokenizer.encodePrompt(prompt), continuations: [tokens])
        return try logProbabilities(of: [tree])[0][0].reduce(0) { $0 + Double($1) }
    }
}
