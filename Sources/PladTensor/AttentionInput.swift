/// Queries [T, H·D], keys and values [T, G·D] of packed rows, or their gradients. Keys have their own row numbers if they are of
/// another text than the queries.
package struct AttentionInput {
    package var queries, keys, values: Matrix

    package init(queries: Matrix, keys: Matrix, values: Matrix) {
        self.queries = queries
        self.keys = keys
        self.values = values
    }

    /// Makes the input of rows that hold query, key and value contiguously, [T, (H + 2G)·D].
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

/// The modifications of a layer's attention: window, bias, skipped rows.
package struct AttentionRules {
    /// Number of keys that a row sees, itself the last; nil for all (Mistral's sliding window, GPT-Neo's local layers).
    package var window: Int?
    /// Bias added to scores by the distance between key and query.
    package var bias: RelativeBias?
    /// True to leave out the outputs of prompt rows that predict nothing.
    package var skippingPrompt = false

    package init(window: Int? = nil, bias: RelativeBias? = nil, skippingPrompt: Bool = false) {
        self.window = window
        self.bias = bias
        self.skippingPrompt = skippingPrompt
    }
}
