/// Layer norm (Ba, Kiros and Hinton 2016): y = (x − mean)·r·gain + bias with r = 1/√(variance + epsilon), row by row.
///
/// - Parameters:
///   - x: [rows, width], one row after the other; so are y and the outputs of the backward pass.
///   - inverse: r of every row, kept for the backward pass.
package func layerNorm(
    _ x: UnsafePointer<Float>, gain: UnsafePointer<Float>, bias: UnsafePointer<Float>, epsilon: Float,
    into y: UnsafeMutablePointer<Float>, inverse: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    for row in 0..<rows {
        let x = x + row &* width
        let y = y + row &* width
        let mean = mean(x, count: width)
        var squares = Vector.zero
        var i = 0
        while i &+ 16 <= width {
            let v = load(x + i) - mean
            squares = squares.addingProduct(v, v)
            i &+= 16
        }
        if i < width {
            var v = load(x + i, count: width &- i) - mean
            v.replace(with: 0, where: laneNumbers .>= Float(width &- i))
            squares = squares.addingProduct(v, v)
        }
        let r = 1 / (sum(squares) / Float(width) + epsilon).squareRoot()
        inverse[row] = r
        i = 0
        while i < width {
            let left = width &- i
            let v = (load(x + i, count: left) - mean) * r
            store(load(bias + i, count: left).addingProduct(v, load(gain + i, count: left)), to: y + i, count: left)
            i &+= 16
        }
    }
}

/// Backward of `layerNorm`, which also computes y again so that it need not be kept. With n = (x − mean)·r and g = gain∘dy:
/// dx += r·(g − mean(g) − n·mean(g∘n)), dGain += Σ over rows of dy∘n, dBias += Σ over rows of dy.
package func layerNormBackward(
    _ dy: UnsafePointer<Float>, x: UnsafePointer<Float>, gain: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    inverse: UnsafePointer<Float>, addingTo dx: UnsafeMutablePointer<Float>, addingTo dGain: UnsafeMutablePointer<Float>,
    addingTo dBias: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    for row in 0..<rows {
        let (x, dy) = (x + row &* width, dy + row &* width)
        let (dx, y) = (dx + row &* width, y + row &* width)
        let (r, mean) = (inverse[row], mean(x, count: width))
        var (pulls, products) = (Vector.zero, Vector.zero)
        var i = 0
        while i < width {
            let left = width &- i
            let scaled = load(gain + i, count: left) * load(dy + i, count: left)
            pulls += scaled
            products = products.addingProduct(scaled, (load(x + i, count: left) - mean) * r)
            i &+= 16
        }
        let (pull, slope) = (sum(pulls) / Float(width), sum(products) / Float(width))
        i = 0
        while i < width {
            let left = width &- i
            let (dyi, g) = (load(dy + i, count: left), load(gain + i, count: left))
            let normal = (load(x + i, count: left) - mean) * r
            let change = g * dyi - pull - normal * slope
            store(load(dx + i, count: left).addingProduct(change, Vector(repeating: r)), to: dx + i, count: left)
            store(load(dGain + i, count: left).addingProduct(dyi, normal), to: dGain + i, count: left)
            store(load(dBias + i, count: left) + dyi, to: dBias + i, count: left)
            store(load(bias + i, count: left).addingProduct(normal, g), to: y + i, count: left)
            i &+= 16
        }
    }
}

@inline(__always)
private func mean(_ x: UnsafePointer<Float>, count: Int) -> Float {
    var total = Vector.zero
    var i = 0
    while i < count {
        total += load(x + i, count: count &- i)
        i &+= 16
    }
    return sum(total) / Float(count)
}
