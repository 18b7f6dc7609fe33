/// Root-mean-square norm (Zhang and Sennrich 2019): y = x·r·gain with r = 1/√(mean(x²) + epsilon), row by row.
///
/// - Parameters:
///   - x: [rows, width], one row after the other; so are y and the outputs of the backward pass.
///   - inverse: r of every row, kept for the backward pass.
package func rmsNorm(
    _ x: UnsafePointer<Float>, gain: UnsafePointer<Float>, epsilon: Float,
    into y: UnsafeMutablePointer<Float>, inverse: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    for row in 0..<rows {
        let x = x + row &* width
        let y = y + row &* width
        var squares = Vector.zero
        var i = 0
        while i < width {
            let v = load(x + i, count: width &- i)
            squares = squares.addingProduct(v, v)
            i &+= 16
        }
        let r = 1 / (sum(squares) / Float(width) + epsilon).squareRoot()
        inverse[row] = r
        i = 0
        while i < width {
            let v = load(x + i, count: width &- i) * r
            store(v * load(gain + i, count: width &- i), to: y + i, count: width &- i)
            i &+= 16
        }
    }
}

/// Backward of `rmsNorm`, which also computes y again so that it need not be kept:
/// dx += r·(gain∘dy − x·r²·mean(gain∘dy∘x)), dGain += Σ over rows of dy∘x·r.
package func rmsNormBackward(
    _ dy: UnsafePointer<Float>, x: UnsafePointer<Float>, gain: UnsafePointer<Float>, inverse: UnsafePointer<Float>,
    addingTo dx: UnsafeMutablePointer<Float>, addingTo dGain: UnsafeMutablePointer<Float>,
    into y: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    for row in 0..<rows {
        let (x, dy) = (x + row &* width, dy + row &* width)
        let (dx, y) = (dx + row &* width, y + row &* width)
        let r = inverse[row]
        var products = Vector.zero
        var i = 0
        while i < width {
            let left = width &- i
            let scaled = load(gain + i, count: left) * load(dy + i, count: left)
            products = products.addingProduct(scaled, load(x + i, count: left))
            i &+= 16
        }
        let pull = Vector(repeating: -(sum(products) * r * r / Float(width)))
        i = 0
        while i < width {
            let left = width &- i
            let (xi, dyi, g) = (load(x + i, count: left), load(dy + i, count: left), load(gain + i, count: left))
            let normal = xi * r
            store(load(dx + i, count: left).addingProduct((g * dyi).addingProduct(xi, pull), Vector(repeating: r)), to: dx + i, count: left)
            store(load(dGain + i, count: left).addingProduct(dyi, normal), to: dGain + i, count: left)
            store(normal * g, to: y + i, count: left)
            i &+= 16
        }
    }
}
