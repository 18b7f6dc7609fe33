import Foundation
package import PladRecords
package import PladStudent

/// A plain text as token ids; every token but the first is predicted.
package struct EncodedText: Sendable, Hashable {
    package var id: String
    package var ids: [TokenID]

    package init(id: String, ids: [TokenID]) {
        self.id = id
        self.ids = ids
    }

    /// SHA-256 of the ids as little-endian Int32: what the text's distributions are found by.
    package var key: Digest { ids.withUnsafeBytes { Digest(ofParts: [$0]) } }

    /// Number of predicted positions.
    package var positions: Int { ids.count - 1 }

    package var tree: PromptTree { PromptTree(prompt: [ids[0]], continuations: [Array(ids.dropFirst())]) }
}
