package import PladRecords

/// A prompt with the completions that may follow it; the prompt is computed once for all of them.
package struct PromptTree: Sendable, Equatable {
    /// At least one token.
    package var prompt: [TokenID]
    /// Each at least one token.
    package var continuations: [[TokenID]]

    package init(prompt: [TokenID], continuations: [[TokenID]]) {
        self.prompt = prompt
        self.continuations = continuations
    }

    /// Rows that the decoder computes: every token but the last of each continuation, which predicts nothing.
    package var rows: Int { prompt.count + continuations.reduce(0) { $0 + $1.count - 1 } }
}
