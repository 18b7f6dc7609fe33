/// Sixteen rows of sixteen floats, the rows `stride` floats apart, become sixteen columns: target[i·step + r] = source[r·stride + i].
///
/// Each of four rounds is a perfect shuffle of two vectors that lie half the rows apart. Rows from `rows` on count as zeros;
/// vectors are stored in order of i and whole, so with a `step` below 16 each but the last is cut off by the next.
@inline(__always)
func transpose16(
    _ source: UnsafePointer<Float>, stride: Int, rows: Int, to target: UnsafeMutablePointer<Float>, step: Int
) {
    // Two of 1 KiB: what is larger does not go on the stack.
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: 16) { a in
        withUnsafeTemporaryAllocation(of: Vector.self, capacity: 16) { b in
            let (a, b) = (a.baseAddress!, b.baseAddress!)
            for r in 0..<16 { a[r] = r < rows ? load(source + r &* stride) : .zero }
            shuffle(a, into: b)
            shuffle(b, into: a)
            shuffle(a, into: b)
            shuffle(b, into: a)
            for i in 0..<16 { store(a[i], to: target + i &* step) }
        }
    }
}

@inline(__always)
private func shuffle(_ a: UnsafeMutablePointer<Vector>, into b: UnsafeMutablePointer<Vector>) {
    for r in 0..<8 {
        let (x, y) = (a[r], a[r &+ 8])
        var (low, high) = (x, y)
        low.evenHalf = x.lowHalf
        low.oddHalf = y.lowHalf
        high.evenHalf = x.highHalf
        high.oddHalf = y.highHalf
        b[2 &* r] = low
        b[2 &* r &+ 1] = high
    }
}
