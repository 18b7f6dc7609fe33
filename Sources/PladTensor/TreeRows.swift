/// The rows of one tree in the packed matrix: the prompt without its last token, the prompt's last token, then the continuations.
package struct TreeRows: Sendable, Equatable {
    /// Prompt rows before the last one; they predict nothing.
    package var promptRows: Range<Int>
    /// Row of the prompt's last token, which predicts every continuation's first token. The continuations' rows follow it.
    package var lastPromptRow: Int
    /// Rows of each continuation: all its tokens but the last.
    package var continuationRows: [Range<Int>]

    package init(promptRows: Range<Int>, lastPromptRow: Int, continuationRows: [Range<Int>]) {
        self.promptRows = promptRows
        self.lastPromptRow = lastPromptRow
        self.continuationRows = continuationRows
    }

    package var promptCount: Int { promptRows.count + 1 }
    /// All rows, if they are contiguous: those of a prompt of one token with its continuations, or of a text without any.
    package var rows: Range<Int> {
        (promptRows.isEmpty ? lastPromptRow : promptRows.lowerBound)..<(continuationRows.last?.upperBound ?? lastPromptRow + 1)
    }
    /// Number of keys on the longest path from root to leaf.
    package var depth: Int { promptCount + (continuationRows.map(\.count).max() ?? 0) }

    /// The row of position `position` of the prompt.
    func promptRow(_ position: Int) -> Int {
        position < promptRows.count ? promptRows.lowerBound + position : lastPromptRow
    }
}
