/// A matrix as a product reads it: element (i, j) is `start[i·row + j·column]`, and one of the two strides is 1.
struct Operand {
    let start: UnsafePointer<Float>
    let row: Int
    let column: Int
    let isTransposed: Bool

    init(_ matrix: Matrix) {
        (start, row, column, isTransposed) = (UnsafePointer(matrix.start), matrix.stride, 1, false)
    }

    init(transposed matrix: Matrix) {
        (start, row, column, isTransposed) = (UnsafePointer(matrix.start), 1, matrix.stride, true)
    }

    func at(_ i: Int, _ j: Int) -> UnsafePointer<Float> { start + (i &* row &+ j &* column) }
}

/// c[m, n] = a[m, k] · b[k, n] by blocks that fit the caches (Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix
/// Multiplication"); `accumulating` adds to c.
///
/// A block of a is packed in panels of twelve rows, [panels, depth, 12], one of which stays in the first-level cache while it
/// meets the panels of b, [panels, depth, 32], which stay in the second. Zeros fill up the last panels. Every element of c is one
/// chain of fused multiply-adds over k in order: a row's result is the same to the bit whatever rows stand beside it.
func packedProduct(
    _ a: Operand, _ b: Operand, into c: Matrix, m: Int, n: Int, k: Int, accumulating: Bool
) {
    let memory = PackingMemory.ofThread
    // Even shares: a last block of a few columns would cost as much memory traffic as a whole one.
    let depth = share(of: k, atMost: PackingMemory.depth, grain: 1)
    for first in stride(from: 0, to: k, by: depth) {
        let count = min(depth, k &- first)
        let adding = accumulating || first > 0
        for row in stride(from: 0, to: m, by: PackingMemory.rows) {
            let rows = min(PackingMemory.rows, m &- row)
            pack(a.at(row, first), across: a.row, along: a.column, width: rows, panel: 12, count: count, into: memory.a)
            let columns = share(of: n, atMost: PackingMemory.columns, grain: 32)
            for column in stride(from: 0, to: n, by: columns) {
                let width = min(columns, n &- column)
                pack(b.at(first, column), across: b.column, along: b.row, width: width, panel: 32, count: count, into: memory.b)
                block(memory, into: c.from(row: row, column: column), m: rows, n: width, k: count, accumulating: adding)
            }
        }
    }
}

/// The product of the packed blocks.
private func block(
    _ memory: PackingMemory, into c: Matrix, m: Int, n: Int, k: Int, accumulating: Bool
) {
    var i = 0
    while i < m {
        let a = memory.a + i &* k
        var j = 0
        while j < n {
            let b = memory.b + j &* k
            let target = c.from(row: i, column: j)
            let (rows, columns) = (min(12, m &- i), min(32, n &- j))
            if rows == 12 && columns == 32 {
                packedTile(a, b, target.start, c.stride, k, accumulating)
            } else {
                // By way of a whole tile, so as not to write beyond the matrix; its sums begin as those of whole tiles do.
                for row in 0..<rows where accumulating {
                    (memory.tile + row &* 32).update(from: target.from(row: row).start, count: columns)
                }
                packedTile(a, b, memory.tile, 32, k, accumulating)
                for row in 0..<rows { target.from(row: row).start.update(from: memory.tile + row &* 32, count: columns) }
            }
            j &+= 32
        }
        i &+= 12
    }
}

@inline(never)
private func packedTile(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, _ cRow: Int, _ k: Int, _ accumulating: Bool
) {
    tile12x32(a, 1, 12, b, 32, c, cRow, k, accumulating)
}

/// `count` cut into equal parts of at most `limit`, in multiples of `grain`.
private func share(of count: Int, atMost limit: Int, grain: Int) -> Int {
    let parts = (count &+ limit &- 1) / limit
    return max(grain, ((count &+ parts &- 1) / max(parts, 1) &+ grain &- 1) / grain &* grain)
}
