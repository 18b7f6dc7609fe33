/// The keys and values of the tokens of a sequence, or of a prompt that several sequences share.
///
/// Per layer and key/value head: keys in blocks of 32 positions, [blocks, D, 32], then values, [positions, D padded].
package final class KeyValueCache {
    static let block = 32

    /// Number of positions that fit before it grows.
    package private(set) var capacity: Int
    private let layers: Int
    private let shape: AttentionShape
    private var memory: AlignedBuffer

    package init(layers: Int, shape: AttentionShape, capacity: Int) {
        self.layers = layers
        self.shape = shape
        self.capacity = (capacity + Self.block - 1) / Self.block * Self.block
        memory = Self.memory(layers, shape, capacity: self.capacity)
    }

    /// A copy, to go on from the same past another way.
    package init(copying other: KeyValueCache) {
        (layers, shape, capacity) = (other.layers, other.shape, other.capacity)
        memory = Self.memory(layers, shape, capacity: capacity)
        memory.pointer.update(from: other.memory.pointer, count: memory.count)
    }

    /// Allocates memory with small pages, since a short sequence uses little of every layer's part.
    private static func memory(_ layers: Int, _ shape: AttentionShape, capacity: Int) -> AlignedBuffer {
        AlignedBuffer(count: layers * shape.keyValueHeads * capacity * (shape.headWidth + shape.paddedWidth), largePages: false)
    }

    /// Doubles the number of positions.
    private func grow() {
        let (old, oldCapacity) = (memory, capacity)
        capacity *= 2
        memory = Self.memory(layers, shape, capacity: capacity)
        let size = shape.headWidth + shape.paddedWidth
        for part in 0..<layers * shape.keyValueHeads {
            let (from, to) = (old.pointer + part * oldCapacity * size, memory.pointer + part * capacity * size)
            to.update(from: from, count: oldCapacity * shape.headWidth)
            (to + capacity * shape.headWidth).update(
                from: from + oldCapacity * shape.headWidth, count: oldCapacity * shape.paddedWidth)
        }
    }

    func keys(layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
        memory.pointer + (layer * shape.keyValueHeads + head) * capacity * (shape.headWidth + shape.paddedWidth)
    }

    func values(layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
        keys(layer: layer, head: head) + capacity * shape.headWidth
    }

    /// Copies key and value of one token, G·D floats each, to a position of a layer, and grows if necessary.
    package func put(key: UnsafePointer<Float>, value: UnsafePointer<Float>, layer: Int, position: Int) {
        while position >= capacity { grow() }
        let width = shape.headWidth
        for head in 0..<shape.keyValueHeads {
            let key = key + head * width
            let column = keys(layer: layer, head: head) + (position / Self.block * width * Self.block + position % Self.block)
            for d in 0..<width { column[d &* Self.block] = key[d] }
            let row = values(layer: layer, head: head) + position * shape.paddedWidth
            row.update(from: value + head * width, count: width)
        }
    }

    /// Copies key and value from a token's row of H·D + G·D + G·D floats.
    package func put(_ queryKeyValue: UnsafePointer<Float>, layer: Int, position: Int) {
        let key = queryKeyValue + shape.heads * shape.headWidth
        put(key: key, value: key + shape.keyValueHeads * shape.headWidth, layer: layer, position: position)
    }
}
