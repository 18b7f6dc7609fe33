/// Two vectors of one row of a tile of sums.
private struct TileRow {
    var low = Vector.zero
    var high = Vector.zero

    @inline(__always)
    init(_ c: UnsafePointer<Float>, _ accumulating: Bool) {
        if accumulating { (low, high) = (load(c), load(c + 16)) }
    }

    @inline(__always)
    mutating func add(_ a: UnsafePointer<Float>, _ b0: Vector, _ b1: Vector) {
        let a = Vector(repeating: a.pointee)
        low = low.addingProduct(a, b0)
        high = high.addingProduct(a, b1)
    }

    @inline(__always)
    func save(_ c: UnsafeMutablePointer<Float>) {
        store(low, to: c)
        store(high, to: c + 16)
    }
}

/// c[12, 32] = a[12, k] · b[k, 32], each element one chain of fused multiply-adds over k; `accumulating` adds to c.
///
/// 24 sums, two vectors of b and a broadcast fill the 32 registers of AVX-512; each vector of b is used twelve times.
@inline(__always)
func tile12x32(
    _ a: UnsafePointer<Float>, _ aRow: Int, _ aColumn: Int, _ b: UnsafePointer<Float>, _ bRow: Int,
    _ c: UnsafeMutablePointer<Float>, _ cRow: Int, _ k: Int, _ accumulating: Bool
) {
    let (c4, c8) = (c + 4 &* cRow, c + 8 &* cRow)
    let (row2, row3) = (2 &* cRow, 3 &* cRow)
    var r0 = TileRow(c, accumulating)
    var r1 = TileRow(c + cRow, accumulating)
    var r2 = TileRow(c + row2, accumulating)
    var r3 = TileRow(c + row3, accumulating)
    var r4 = TileRow(c4, accumulating)
    var r5 = TileRow(c4 + cRow, accumulating)
    var r6 = TileRow(c4 + row2, accumulating)
    var r7 = TileRow(c4 + row3, accumulating)
    var r8 = TileRow(c8, accumulating)
    var r9 = TileRow(c8 + cRow, accumulating)
    var r10 = TileRow(c8 + row2, accumulating)
    var r11 = TileRow(c8 + row3, accumulating)
    let (a2, a3) = (2 &* aRow, 3 &* aRow)
    var (p0, p4, p8, b) = (a, a + 4 &* aRow, a + 8 &* aRow, b)
    for _ in 0..<k {
        let (b0, b1) = (load(b), load(b + 16))
        r0.add(p0, b0, b1)
        r1.add(p0 + aRow, b0, b1)
        r2.add(p0 + a2, b0, b1)
        r3.add(p0 + a3, b0, b1)
        r4.add(p4, b0, b1)
        r5.add(p4 + aRow, b0, b1)
        r6.add(p4 + a2, b0, b1)
        r7.add(p4 + a3, b0, b1)
        r8.add(p8, b0, b1)
        r9.add(p8 + aRow, b0, b1)
        r10.add(p8 + a2, b0, b1)
        r11.add(p8 + a3, b0, b1)
        p0 += aColumn
        p4 += aColumn
        p8 += aColumn
        b += bRow
    }
    r0.save(c)
    r1.save(c + cRow)
    r2.save(c + row2)
    r3.save(c + row3)
    r4.save(c4)
    r5.save(c4 + cRow)
    r6.save(c4 + row2)
    r7.save(c4 + row3)
    r8.save(c8)
    r9.save(c8 + cRow)
    r10.save(c8 + row2)
    r11.save(c8 + row3)
}
