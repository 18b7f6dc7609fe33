import PladTensor

/// A stack's relative bias by distance, expanded from its buckets for one pass, and the gradient that is added back to them.
///
/// Every text has its own gradients, added up in the order of the texts, so that the result does not depend on the threads.
final class RelativeBiasTable {
    private let relative: RelativeConfiguration
    private let heads: Int
    private let bothWays: Bool
    /// [buckets, H]
    private let source: UnsafeMutablePointer<Float>
    private var depth = 0
    /// [H, stride]
    private var values = AlignedBuffer(count: 0)
    /// [texts, H, stride]
    private var gradients = AlignedBuffer(count: 0)
    private var texts = 0

    init(_ relative: RelativeConfiguration, heads: Int, bothWays: Bool, source: UnsafeMutablePointer<Float>) {
        self.relative = relative
        self.heads = heads
        self.bothWays = bothWays
        self.source = source
    }

    private var size: Int { heads * RelativeBias.stride(depth: depth) }

    /// Makes the table cover distances below `depth`, with the biases of its last growth.
    func reserve(depth: Int) {
        if depth > self.depth { spread(depth: depth) }
    }

    /// Expands the present biases over distances below `depth`.
    func spread(depth: Int) {
        if depth > self.depth {
            self.depth = max(depth, 2 * self.depth)
            values = AlignedBuffer(count: size)
        }
        let stride = RelativeBias.stride(depth: self.depth)
        for distance in 1 - self.depth..<self.depth {
            let bucket = relative.bucket(distance: distance, bothWays: bothWays)
            for head in 0..<heads { values.pointer[head * stride + self.depth + distance] = source[bucket * heads + head] }
        }
    }

    /// Sets the gradients of `texts` texts to zero.
    func clearGradients(texts: Int) {
        self.texts = texts
        if gradients.count < texts * size { gradients = AlignedBuffer(count: texts * size) }
        gradients.pointer.update(repeating: 0, count: texts * size)
    }

    /// - Parameter text: index of the text whose gradients are gathered; nil for none.
    func bias(text: Int?) -> RelativeBias {
        RelativeBias(values: values.pointer, gradients: text.map { gradients.pointer + $0 * size } ?? values.pointer, depth: depth)
    }

    /// Adds the gradients of all texts to those of the buckets, [buckets, H].
    func gather(to target: UnsafeMutablePointer<Float>) {
        let stride = RelativeBias.stride(depth: depth)
        for text in 0..<texts {
            for distance in 1 - depth..<depth {
                let bucket = relative.bucket(distance: distance, bothWays: bothWays)
                for head in 0..<heads {
                    target[bucket * heads + head] += gradients.pointer[text * size + head * stride + depth + distance]
                }
            }
        }
    }
}
