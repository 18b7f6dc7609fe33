/// Queries [T, H·D], keys and values [T, G·D] of packed rows, or their gradients. Rows of keys are counted apart from rows
/// of queries where the two come from different texts.
package struct AttentionInput {
    package var queries, keys, values: Matrix

    package init(queries: Matrix, keys: Matrix, values: Matrix) {
        self.queries = queries
        self.keys = keys
        self.values = values
    }

    /// Of rows that hold query, key and value side by side, [T, (H + 2G)·D].
    package init(queryKeyValue: UnsafeMutablePointer<Float>, shape: AttentionShape) {
        queries = Matrix(queryKeyValue, stride: shape.rowWidth)
        keys = queries.from(column: shape.heads * shape.headWidth)
        values = keys.from(column: shape.keyValueHeads * shape.headWidth)
    }

    func query(_ row: Int, head: Int, _ shape: AttentionShape) -> UnsafeMutablePointer<Float> {
        queries.start + (row * queries.stride + head * shape.headWidth)
    }
    func key(_ row: Int, head: Int, _ shape: AttentionShape) -> UnsafeMutablePointer<Float> {
        keys.start + (row * keys.stride + head * shape.headWidth)
    }
    func value(_ row: Int, head: Int, _ shape: AttentionShape) -> UnsafeMutablePointer<Float> {
        values.start + (row * values.stride + head * shape.headWidth)
    }
}

/// What a layer's attention does beyond the product of query and key.
package struct AttentionRules {
    /// Keys that a row sees, itself the last of them; nil for all (Mistral's sliding window, GPT-Neo's local layers).
    package var window: Int?
    /// Added to scores by the distance of key and query.
    package var bias: RelativeBias?
    /// Leaves out the outputs of prompt rows that predict nothing.
    package var skippingPrompt = false

    package init(window: Int? = nil, bias: RelativeBias? = nil, skippingPrompt: Bool = false) {
        self.window = window
        self.bias = bias
        self.skippingPrompt = skippingPrompt
    }
}
