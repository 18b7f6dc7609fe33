import COpenBLAS

/// Two vectors of sums in one row of a tile.
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
    func save(_ c: UnsafeMutablePointer<Float>, _ scales: UnsafePointer<Float>?, _ accumulating: Bool) {
        guard let scales else {
            store(low, to: c)
            return store(high, to: c + 16)
        }
        let (a, b) = accumulating ? (load(c), load(c + 16)) : (.zero, .zero)
        store(a.addingProduct(low, load(scales)), to: c)
        store(b.addingProduct(high, load(scales + 16)), to: c + 16)
    }
}

/// Four rows of sums, which taller tiles are made of.
private struct TileRows4 {
    var r0, r1, r2, r3: TileRow

    @inline(__always)
    init(_ c: UnsafePointer<Float>, _ row: Int, _ accumulating: Bool) {
        r0 = TileRow(c, accumulating)
        r1 = TileRow(c + row, accumulating)
        r2 = TileRow(c + 2 &* row, accumulating)
        r3 = TileRow(c + 3 &* row, accumulating)
    }

    @inline(__always)
    mutating func add(_ a: UnsafePointer<Float>, _ row: Int, _ b0: Vector, _ b1: Vector) {
        r0.add(a, b0, b1)
        r1.add(a + row, b0, b1)
        r2.add(a + 2 &* row, b0, b1)
        r3.add(a + 3 &* row, b0, b1)
    }

    @inline(__always)
    func save(_ c: UnsafeMutablePointer<Float>, _ row: Int, _ scales: UnsafePointer<Float>?, _ accumulating: Bool) {
        r0.save(c, scales, accumulating)
        r1.save(c + row, scales, accumulating)
        r2.save(c + 2 &* row, scales, accumulating)
        r3.save(c + 3 &* row, scales, accumulating)
    }
}

/// What the right side of a product may be made of.
protocol PanelScalar {
    static func load16(_ source: UnsafePointer<Self>) -> Vector
}

extension Float: PanelScalar {
    @inline(__always)
    static func load16(_ source: UnsafePointer<Float>) -> Vector { load(source) }
}

/// The upper half of a float32 whose lower half is 0.
struct BFloat16: PanelScalar {
    var bits: UInt16

    /// - Precondition: nothing is lost.
    @inline(__always)
    init(exactly value: Float) {
        bits = UInt16(truncatingIfNeeded: value.bitPattern >> 16)
    }

    @inline(__always)
    static func load16(_ source: UnsafePointer<BFloat16>) -> Vector {
        var vector = Vector.zero
        widen_bfloat16(source, &vector)
        return vector
    }
}

extension Int8: PanelScalar {
    @inline(__always)
    static func load16(_ source: UnsafePointer<Int8>) -> Vector {
        var vector = Vector.zero
        widen_int8(source, &vector)
        return vector
    }
}

/// Asks for the 32 numbers that lie `ahead` numbers on; 0 asks for nothing.
@inline(__always)
private func fetch<B: PanelScalar>(_ b: UnsafePointer<B>, _ ahead: Int) {
    guard ahead > 0 else { return }
    prefetch_for_reading(b + ahead)
    if MemoryLayout<B>.size == 4 { prefetch_for_reading(b + (ahead &+ 16)) }
}

/// c[12, 32] = a[12, k] · b[k, 32], each element one chain of fused multiply-adds over k; `accumulating` adds to c.
///
/// 24 sums, two vectors of b and a broadcast fill the 32 registers of AVX-512; each vector of b is used twelve times.
/// - Parameters:
///   - a: read at `a[i·aRow + l·aColumn]`.
///   - ahead: how many numbers before their turn those of b are asked for; 0 where b lies in a cache.
///   - scales: what b's columns are multiplied by, after the sums.
@inline(__always)
func tile12x32<B: PanelScalar>(
    _ a: UnsafePointer<Float>, _ aRow: Int, _ aColumn: Int, _ b: UnsafePointer<B>, _ bRow: Int,
    _ c: UnsafeMutablePointer<Float>, _ cRow: Int, _ k: Int, _ accumulating: Bool, ahead: Int = 0,
    scales: UnsafePointer<Float>? = nil
) {
    var first = TileRows4(c, cRow, accumulating && scales == nil)
    var second = TileRows4(c + 4 &* cRow, cRow, accumulating && scales == nil)
    var third = TileRows4(c + 8 &* cRow, cRow, accumulating && scales == nil)
    var (a0, a4, a8, b) = (a, a + 4 &* aRow, a + 8 &* aRow, b)
    for _ in 0..<k {
        keep_order()
        let (b0, b1) = (B.load16(b), B.load16(b + 16))
        fetch(b, ahead)
        first.add(a0, aRow, b0, b1)
        second.add(a4, aRow, b0, b1)
        third.add(a8, aRow, b0, b1)
        a0 += aColumn
        a4 += aColumn
        a8 += aColumn
        b += bRow
    }
    first.save(c, cRow, scales, accumulating)
    second.save(c + 4 &* cRow, cRow, scales, accumulating)
    third.save(c + 8 &* cRow, cRow, scales, accumulating)
}

/// c[8, 32], otherwise as `tile12x32`.
@inline(__always)
func tile8x32<B: PanelScalar>(
    _ a: UnsafePointer<Float>, _ aRow: Int, _ aColumn: Int, _ b: UnsafePointer<B>, _ bRow: Int,
    _ c: UnsafeMutablePointer<Float>, _ cRow: Int, _ k: Int, _ accumulating: Bool, ahead: Int = 0,
    scales: UnsafePointer<Float>? = nil
) {
    var first = TileRows4(c, cRow, accumulating && scales == nil)
    var second = TileRows4(c + 4 &* cRow, cRow, accumulating && scales == nil)
    var (a0, a4, b) = (a, a + 4 &* aRow, b)
    for _ in 0..<k {
        keep_order()
        let (b0, b1) = (B.load16(b), B.load16(b + 16))
        fetch(b, ahead)
        first.add(a0, aRow, b0, b1)
        second.add(a4, aRow, b0, b1)
        a0 += aColumn
        a4 += aColumn
        b += bRow
    }
    first.save(c, cRow, scales, accumulating)
    second.save(c + 4 &* cRow, cRow, scales, accumulating)
}

/// c[4, 32], otherwise as `tile12x32`.
@inline(__always)
func tile4x32<B: PanelScalar>(
    _ a: UnsafePointer<Float>, _ aRow: Int, _ aColumn: Int, _ b: UnsafePointer<B>, _ bRow: Int,
    _ c: UnsafeMutablePointer<Float>, _ cRow: Int, _ k: Int, _ accumulating: Bool, ahead: Int = 0,
    scales: UnsafePointer<Float>? = nil
) {
    var first = TileRows4(c, cRow, accumulating && scales == nil)
    var (a0, b) = (a, b)
    for _ in 0..<k {
        keep_order()
        let (b0, b1) = (B.load16(b), B.load16(b + 16))
        fetch(b, ahead)
        first.add(a0, aRow, b0, b1)
        a0 += aColumn
        b += bRow
    }
    first.save(c, cRow, scales, accumulating)
}

/// c[1, 32], otherwise as `tile12x32`.
@inline(__always)
func tile1x32<B: PanelScalar>(
    _ a: UnsafePointer<Float>, _ aColumn: Int, _ b: UnsafePointer<B>, _ bRow: Int,
    _ c: UnsafeMutablePointer<Float>, _ k: Int, _ accumulating: Bool, scales: UnsafePointer<Float>? = nil
) {
    var row = TileRow(c, accumulating && scales == nil)
    var (a, b) = (a, b)
    for _ in 0..<k {
        row.add(a, B.load16(b), B.load16(b + 16))
        a += aColumn
        b += bRow
    }
    row.save(c, scales, accumulating)
}

/// c[1, 64] of two panels that lie `apart` numbers apart: a row alone is too few sums to keep the processor busy.
@inline(__always)
func tile1x64<B: PanelScalar>(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<B>, apart: Int, _ c: UnsafeMutablePointer<Float>, _ k: Int, _ accumulating: Bool,
    ahead: Int,
    scales: UnsafePointer<Float>?
) {
    var first = TileRow(c, accumulating && scales == nil)
    var second = TileRow(c + 32, accumulating && scales == nil)
    var (a, b) = (a, b)
    for _ in 0..<k {
        fetch(b, ahead)
        fetch(b + apart, ahead)
        first.add(a, B.load16(b), B.load16(b + 16))
        second.add(a, B.load16(b + apart), B.load16(b + (apart &+ 16)))
        a += 1
        b += 32
    }
    first.save(c, scales, accumulating)
    second.save(c + 32, scales.map { $0 + 32 }, accumulating)
}
