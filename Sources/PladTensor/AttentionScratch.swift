/// One worker's memory for attention: keys and values of the current path, and one block of queries and scores.
///
/// It grows to the deepest tree seen and is reused. Position p of the path is column p of the transposed parts and row p of the others.
package final class AttentionScratch {
    private var memory = AlignedBuffer(count: 0)
    private var capacity = 0
    private var shape = AttentionShape(heads: 0, keyValueHeads: 1, headWidth: 0)
    /// Number of floats from one row of scores, or of a transposed part, to the next.
    private(set) var stride = 0
    private(set) var forBackward = false

    /// [D, depth] and [depth, D padded]
    private(set) var keysAcross = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var values = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [block, D padded]
    private(set) var queries = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var outputs = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [block, depth]
    private(set) var scores = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [block] each, whole vectors.
    private(set) var totals = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var peaks = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var sums = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [block, depth]: slopes of capped scores, for the backward pass.
    private(set) var slopes: UnsafeMutablePointer<Float>?
    /// Parts of the backward pass: [depth, D padded], [D, depth], [block, depth], [depth, D padded] twice.
    private(set) var keys = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var valuesAcross = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var dScores = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var dKeys = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var dValues = UnsafeMutablePointer<Float>(bitPattern: 64)!

    package init() {}

    /// Number of bytes in use.
    package var bytes: Int { memory.count * MemoryLayout<Float>.stride }

    /// Makes room for paths of `depth` keys.
    package func reserve(depth: Int, shape: AttentionShape, backward: Bool) {
        guard depth > capacity || shape != self.shape || (backward && !forBackward) else { return }
        capacity = max(depth, shape == self.shape ? capacity : 0)
        self.shape = shape
        forBackward = forBackward || backward
        // An odd number of vectors a row keeps rows from falling on the same cache lines.
        stride = ((capacity + 15) / 16 | 1) * 16
        let (across, along) = (shape.headWidth * stride, stride * shape.paddedWidth)
        let (block, wide) = (shape.blockRows * shape.paddedWidth, shape.blockRows * stride)
        let rows = (shape.blockRows + 15) / 16 * 16
        let forward = across + along + 2 * block + wide + 3 * rows
        let capped = shape.cap == nil ? 0 : wide
        memory = AlignedBuffer(count: forward + (forBackward ? across + 3 * along + wide + capped : 0))
        var next = memory.pointer
        func take(_ count: Int) -> UnsafeMutablePointer<Float> {
            defer { next += count }
            return next
        }
        keysAcross = take(across)
        values = take(along)
        queries = take(block)
        outputs = take(block)
        scores = take(wide)
        totals = take(rows)
        peaks = take(rows)
        sums = take(rows)
        guard forBackward else { return }
        keys = take(along)
        valuesAcross = take(across)
        dScores = take(wide)
        dKeys = take(along)
        dValues = take(along)
        slopes = capped > 0 ? take(capped) : nil
    }

    /// Copies keys and values of `count` rows from `row` on to positions from `position` on.
    func packKeyValues(
        _ input: AttentionInput, shape: AttentionShape, head: Int, at position: Int, count: Int, row: Int, backward: Bool = false
    ) {
        let width = shape.headWidth
        for i in 0..<count {
            let (key, value) = (input.key(row + i, head: head, shape), input.value(row + i, head: head, shape))
            let at = position + i
            var across = keysAcross + at
            for d in 0..<width {
                across.pointee = key[d]
                across += stride
            }
            if backward {
                copyPadded(key, to: keys + at * shape.paddedWidth, width: width)
                across = valuesAcross + at
                for d in 0..<width {
                    across.pointee = value[d]
                    across += stride
                }
            } else {
                copyPadded(value, to: values + at * shape.paddedWidth, width: width)
            }
        }
    }
}
