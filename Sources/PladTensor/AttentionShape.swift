/// Shapes of an attention layer.
package struct AttentionShape: Sendable, Equatable {
    /// H
    package var heads: Int
    /// G
    package var keyValueHeads: Int
    /// D
    package var headWidth: Int
    /// What the product of a query and a key is multiplied by.
    package var scale: Float

    /// - Parameter scale: 1/√D where nothing is given.
    package init(heads: Int, keyValueHeads: Int, headWidth: Int, scale: Float? = nil) {
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headWidth = headWidth
        self.scale = scale ?? 1 / Float(headWidth).squareRoot()
    }

    /// Heads that share one key and value.
    package var group: Int { heads / keyValueHeads }
    /// Floats of one row's query, key and value side by side.
    package var rowWidth: Int { (heads + 2 * keyValueHeads) * headWidth }
    /// Head width as scratch memory has it: whole vectors.
    var paddedWidth: Int { (headWidth + 15) / 16 * 16 }
    /// Query rows that one block of scores has, times the heads of a group.
    var blockRows: Int { max(1, 48 / group) * group }
}
