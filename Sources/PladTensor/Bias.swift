/// Adds the same `width` values to every row of y, [rows, width] with rows `stride` apart.
package func addBias(_ bias: UnsafePointer<Float>, to y: Matrix, rows: Int, width: Int) {
    for row in 0..<rows {
        let y = y.start + row &* y.stride
        var i = 0
        while i < width {
            let left = width &- i
            store(load(y + i, count: left) + load(bias + i, count: left), to: y + i, count: left)
            i &+= 16
        }
    }
}

/// Backward of `addBias`: dBias += Σ over rows of dy, [rows, width] with rows `stride` apart.
package func biasGradient(_ dy: Matrix, addingTo dBias: UnsafeMutablePointer<Float>, rows: Int, width: Int) {
    var i = 0
    while i < width {
        let left = width &- i
        var total = load(dBias + i, count: left)
        for row in 0..<rows { total += load(dy.start + (row &* dy.stride &+ i), count: left) }
        store(total, to: dBias + i, count: left)
        i &+= 16
    }
}
