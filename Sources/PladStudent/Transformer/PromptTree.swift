package import PladRecords

/// A prompt with several continuations; the prompt is computed once for all of them.
package struct PromptTree: Sendable, Equatable {
    /// Token ids of the prompt, at least one.
    package var prompt: [TokenID]
    /// Token ids of the continuations, at least one each.
    package var continuations: [[TokenID]]

    package init(prompt: [TokenID], continuations: [[TokenID]]) {
        self.prompt = prompt
        self.continuations = continuations
    }

    /// Number of rows that the decoder computes: every token but the last of each continuation, which predicts nothing.
    package var rows: Int { prompt.count + continuations.reduce(0) { $0 + $1.count - 1 } }
}
