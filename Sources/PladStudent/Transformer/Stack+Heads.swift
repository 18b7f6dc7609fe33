import PladTensor

/// Norms of queries and keys between their projection and the rotation: of every head by itself (Qwen3, Gemma 3) or of all together
/// (OLMo 2).
extension Stack {
    /// Norms the heads of rows in place, keeping their inputs.
    ///
    /// - Parameter unused: number of query columns that the rows do not have.
    func normHeads(_ number: Int, _ rows: Range<Int>, unused: Int, _ layer: Activations.Layer) {
        guard let norms = tensors.layers[number].attention.headNorms else { return }
        let (width, heads, groups) = (configuration.headWidth, configuration.headCount, configuration.keyValueHeadCount)
        for row in rows {
            let queries = layer.queryKeyValue + row * configuration.queryKeyValueWidth
            let plain = layer.plainHeads + row * (heads + groups) * width
            let inverseRMS = layer.headInverseRMS + row * (heads + groups)
            let keys = heads * width
            plain.update(from: queries, count: (heads + groups) * width)
            if unused == 0 { norms.query.apply(plain, into: queries, inverseRMS: inverseRMS, rows: keys / norms.query.width) }
            norms.key.apply(
                plain + keys, into: queries + keys, inverseRMS: inverseRMS + heads, rows: groups * width / norms.key.width)
        }
    }

    /// Turns the gradients of normed queries and keys into those of the norms' inputs, in place.
    ///
    /// - Parameter sums: [2, D] for the norm of queries, then [2, D] for that of keys; of all heads together H·D and G·D.
    func normHeadsBackward(
        _ number: Int, _ rows: Range<Int>, unused: Int, _ layer: Activations.Layer, gradient: UnsafeMutablePointer<Float>,
        sums: UnsafeMutablePointer<Float>
    ) {
        guard let norms = tensors.layers[number].attention.headNorms else { return }
        let (width, heads, groups) = (configuration.headWidth, configuration.headCount, configuration.keyValueHeadCount)
        let count = (heads + groups) * width
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { scratch in
            let (dy, y) = (scratch.baseAddress!, scratch.baseAddress! + count)
            for row in rows {
                let d = gradient + row * configuration.queryKeyValueWidth
                let plain = layer.plainHeads + row * count
                let inverseRMS = layer.headInverseRMS + row * (heads + groups)
                let keys = heads * width
                dy.update(from: d, count: count)
                d.update(repeating: 0, count: count)
                if unused == 0 {
                    norms.query.backward(
                        dy, x: plain, inverseRMS: inverseRMS, addingTo: d, sums: sums, into: y,
                        rows: keys / norms.query.width)
                }
                norms.key.backward(
                    dy + keys, x: plain + keys, inverseRMS: inverseRMS + heads, addingTo: d + keys, sums: sums + 2 * norms.query.width,
                    into: y, rows: groups * width / norms.key.width)
            }
        }
    }
}
