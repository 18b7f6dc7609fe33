import COpenBLAS

/// c[m, n] = a[m, k] · b[k, n], for matrices too small for packing to pay.
///
/// `a` is read element by element at `a[i·aRow + l·aColumn]`, so that it may lie transposed; `b` and `c` lie in rows of
/// `bRow` and `cRow` floats. `accumulating` adds to c. Every element of c is one chain of fused multiply-adds over k in order,
/// whatever m is.
///
/// - Precondition: n is a multiple of 16.
func smallProduct(
    _ a: UnsafePointer<Float>, aRow: Int, aColumn: Int, _ b: UnsafePointer<Float>, bRow: Int,
    into c: UnsafeMutablePointer<Float>, cRow: Int, m: Int, n: Int, k: Int, accumulating: Bool = false
) {
    var j = 0
    while j < n {
        let wide = n &- j >= 32
        var i = 0
        while compiled_for_avx512() && wide && i &+ 12 <= m {
            tile12x32(a + i &* aRow, aRow, aColumn, b + j, bRow, c + (i &* cRow &+ j), cRow, k, accumulating)
            i &+= 12
        }
        while i &+ 4 <= m {
            let rows = a + i &* aRow
            let target = c + (i &* cRow &+ j)
            if wide {
                tile4x32(rows, aRow, aColumn, b + j, bRow, target, cRow, k, accumulating)
            } else {
                tile4x16(rows, aRow, aColumn, b + j, bRow, target, cRow, k, accumulating)
            }
            i &+= 4
        }
        while i < m {
            let target = c + (i &* cRow &+ j)
            if wide {
                tile1x32(a + i &* aRow, aColumn, b + j, bRow, target, k, accumulating)
            } else {
                tile1x16(a + i &* aRow, aColumn, b + j, bRow, target, k, accumulating)
            }
            i &+= 1
        }
        j &+= wide ? 32 : 16
    }
}

@inline(__always)
private func tile4x16(
    _ a: UnsafePointer<Float>, _ aRow: Int, _ aColumn: Int, _ b: UnsafePointer<Float>, _ bRow: Int,
    _ c: UnsafeMutablePointer<Float>, _ cRow: Int, _ k: Int, _ accumulating: Bool
) {
    var c0 = Vector.zero
    var (c1, c2, c3) = (c0, c0, c0)
    if accumulating {
        (c0, c1) = (load(c), load(c + cRow))
        (c2, c3) = (load(c + 2 &* cRow), load(c + 3 &* cRow))
    }
    var (a, b) = (a, b)
    for _ in 0..<k {
        let b0 = load(b)
        c0 = c0.addingProduct(Vector(repeating: a[0]), b0)
        c1 = c1.addingProduct(Vector(repeating: a[aRow]), b0)
        c2 = c2.addingProduct(Vector(repeating: a[2 &* aRow]), b0)
        c3 = c3.addingProduct(Vector(repeating: a[3 &* aRow]), b0)
        a += aColumn
        b += bRow
    }
    store(c0, to: c)
    store(c1, to: c + cRow)
    store(c2, to: c + 2 &* cRow)
    store(c3, to: c + 3 &* cRow)
}

@inline(__always)
private func tile1x16(
    _ a: UnsafePointer<Float>, _ aColumn: Int, _ b: UnsafePointer<Float>, _ bRow: Int,
    _ c: UnsafeMutablePointer<Float>, _ k: Int, _ accumulating: Bool
) {
    var sum = accumulating ? load(c) : Vector.zero
    var (a, b) = (a, b)
    for _ in 0..<k {
        sum = sum.addingProduct(Vector(repeating: a[0]), load(b))
        a += aColumn
        b += bRow
    }
    store(sum, to: c)
}
