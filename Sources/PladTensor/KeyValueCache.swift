/// Keys and values of the tokens that a sequence, or the prompt that several sequences share, has gone through.
///
/// Per layer and key/value head: keys in blocks of 32 positions, [blocks, D, 32], then values, [positions, D padded].
package final class KeyValueCache {
    static let block = 32

    /// Positions that fit.
    package let capacity: Int
    private let shape: AttentionShape
    private let memory: AlignedBuffer

    package init(layers: Int, shape: AttentionShape, capacity: Int) {
        self.shape = shape
        self.capacity = (capacity + Self.block - 1) / Self.block * Self.block
        memory = AlignedBuffer(count: layers * shape.keyValueHeads * self.capacity * (shape.headWidth + shape.paddedWidth))
    }

    func keys(layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
        memory.pointer + (layer * shape.keyValueHeads + head) * capacity * (shape.headWidth + shape.paddedWidth)
    }

    func values(layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
        keys(layer: layer, head: head) + capacity * shape.headWidth
    }

    /// Copies key and value of one token, G·D floats each, to a position of a layer.
    ///
    /// - Precondition: the position is below `capacity`.
    package func put(key: UnsafePointer<Float>, value: UnsafePointer<Float>, layer: Int, position: Int) {
        precondition(position < capacity, "position \(position) of a cache of \(capacity)")
        let width = shape.headWidth
        for head in 0..<shape.keyValueHeads {
            let key = key + head * width
            let column = keys(layer: layer, head: head) + (position / Self.block * width * Self.block + position % Self.block)
            for d in 0..<width { column[d &* Self.block] = key[d] }
            let row = values(layer: layer, head: head) + position * shape.paddedWidth
            row.update(from: value + head * width, count: width)
        }
    }

    /// The same from a token's row of H·D + G·D + G·D floats.
    package func put(_ queryKeyValue: UnsafePointer<Float>, layer: Int, position: Int) {
        let key = queryKeyValue + shape.heads * shape.headWidth
        put(key: key, value: key + shape.keyValueHeads * shape.headWidth, layer: layer, position: position)
    }
}
