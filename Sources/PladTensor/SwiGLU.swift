/// Gated feed-forward activation (Shazeer 2020): h = silu(gate)∘up with silu(g) = g·σ(g).
///
/// - Parameters:
///   - gateUp: [rows, 2·width], each row gate then up.
///   - h: [rows, width].
package func swiGLU(_ gateUp: UnsafePointer<Float>, into h: UnsafeMutablePointer<Float>, rows: Int, width: Int) {
    for row in 0..<rows {
        let gate = gateUp + row &* 2 &* width
        let up = gate + width
        let h = h + row &* width
        var i = 0
        while i < width {
            let left = width &- i
            let g = load(gate + i, count: left)
            store(g * sigmoid(g) * load(up + i, count: left), to: h + i, count: left)
            i &+= 16
        }
    }
}

/// Backward of `swiGLU`: turns `gateUp` into its own gradient and `dh` into h, which the weight gradient of the next layer needs.
package func swiGLUBackward(gateUp: UnsafeMutablePointer<Float>, dh: UnsafeMutablePointer<Float>, rows: Int, width: Int) {
    for row in 0..<rows {
        let gate = gateUp + row &* 2 &* width
        let up = gate + width
        let dh = dh + row &* width
        var i = 0
        while i < width {
            let left = width &- i
            let (g, u, d) = (load(gate + i, count: left), load(up + i, count: left), load(dh + i, count: left))
            let s = sigmoid(g)
            let silu = g * s
            store(d * u * (s + silu * (1 - s)), to: gate + i, count: left)
            store(d * silu, to: up + i, count: left)
            store(silu * u, to: dh + i, count: left)
            i &+= 16
        }
    }
}

@inline(__always)
private func sigmoid(_ x: Vector) -> Vector {
    1 / (1 + exponential(-x))
}
