/// The shape of an attention layer.
package struct AttentionShape: Sendable, Equatable {
    /// H, the number of heads.
    package var heads: Int
    /// G, the number of key/value heads.
    package var keyValueHeads: Int
    /// D, the width of a head.
    package var headWidth: Int
    /// Factor on the product of a query and a key.
    package var scale: Float
    /// Soft bound of scaled products; nil for none (Gemma 2).
    package var cap: Float?

    /// - Parameter scale: factor on products; 1/√D by default.
    package init(heads: Int, keyValueHeads: Int, headWidth: Int, scale: Float? = nil, cap: Float? = nil) {
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headWidth = headWidth
        self.scale = scale ?? 1 / Float(headWidth).squareRoot()
        self.cap = cap
    }

    /// Number of heads that share one key and value.
    package var group: Int { heads / keyValueHeads }
    /// Number of floats in one row's query, key and value.
    package var rowWidth: Int { (heads + 2 * keyValueHeads) * headWidth }
    /// Head width in scratch memory: whole vectors.
    var paddedWidth: Int { (headWidth + 15) / 16 * 16 }
    /// Number of rows in one block of scores: query rows times the heads of a group.
    var blockRows: Int { max(1, 48 / group) * group }
}
