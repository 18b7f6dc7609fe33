import Foundation
package import PladRecords
package import PladStudent

/// A text as token ids; every token but those of its prompt is predicted. A plain text's prompt is its first token.
package struct EncodedText: Sendable, Hashable {
    package var id: String
    package var ids: [TokenID]
    /// Number of tokens that are not predicted, at least 1.
    package var promptCount = 1

    package init(id: String, ids: [TokenID]) {
        self.id = id
        self.ids = ids
    }

    package init(id: String, prompt: [TokenID], completion: [TokenID]) {
        self.id = id
        ids = prompt + completion
        promptCount = prompt.count
    }

    /// SHA-256 of the ids as little-endian Int32: what the text's distributions are found by.
    package var key: Digest { ids.withUnsafeBytes { Digest(ofParts: [$0]) } }

    /// Number of predicted positions.
    package var positions: Int { ids.count - promptCount }

    /// Number of rows that a decoder computes: every token but the last.
    package var rows: Int { ids.count - 1 }

    package var tree: PromptTree { PromptTree(prompt: Array(ids[..<promptCount]), continuations: [Array(ids[promptCount...])]) }
}
