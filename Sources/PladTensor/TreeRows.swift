/// Rows of one tree in the packed matrix: the prompt but for its last token, the prompt's last token, then the continuations.
package struct TreeRows: Sendable, Equatable {
    /// Prompt rows before the last; they predict nothing.
    package var body: Range<Int>
    /// The prompt's last row, which predicts every continuation's first token. The continuations' rows follow it.
    package var stem: Int
    /// Rows of each continuation: all its tokens but the last.
    package var branches: [Range<Int>]

    package init(body: Range<Int>, stem: Int, branches: [Range<Int>]) {
        self.body = body
        self.stem = stem
        self.branches = branches
    }

    package var promptCount: Int { body.count + 1 }
    /// All rows, where they lie together: those of a prompt of one token with its continuations, or of a text without any.
    package var rows: Range<Int> { (body.isEmpty ? stem : body.lowerBound)..<(branches.last?.upperBound ?? stem + 1) }
    /// Keys that the longest way from root to leaf has.
    package var depth: Int { promptCount + (branches.map(\.count).max() ?? 0) }

    /// The row that holds position `position` of the prompt.
    func promptRow(_ position: Int) -> Int {
        position < body.count ? body.lowerBound + position : stem
    }
}
