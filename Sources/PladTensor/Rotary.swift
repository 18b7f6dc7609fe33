/// Turns pairs (i, i + D/2) of heads that lie side by side by the angles of a row's position: rotary position embedding
/// in the "rotate half" order of Hugging Face models.
///
/// - Parameters:
///   - heads: D·count floats in place.
///   - cosine: D/2 values of the row's position; `sine` likewise, negated by `inverse` for the backward pass.
package func rotate(
    _ heads: UnsafeMutablePointer<Float>, count: Int, headWidth: Int,
    cosine: UnsafePointer<Float>, sine: UnsafePointer<Float>, inverse: Bool = false
) {
    let half = headWidth / 2
    let sign: Float = inverse ? -1 : 1
    for head in 0..<count {
        let low = heads + head &* headWidth
        let high = low + half
        var i = 0
        while i &+ 16 <= half {
            let (c, s) = (load(cosine + i), load(sine + i) * sign)
            let (a, b) = (load(low + i), load(high + i))
            store(a * c - b * s, to: low + i)
            store(b * c + a * s, to: high + i)
            i &+= 16
        }
        while i &+ 4 <= half {
            let (c, s) = (load4(cosine + i), load4(sine + i) * sign)
            let (a, b) = (load4(low + i), load4(high + i))
            store4(a * c - b * s, to: low + i)
            store4(b * c + a * s, to: high + i)
            i &+= 4
        }
        while i < half {
            let (c, s) = (cosine[i], sine[i] * sign)
            let (a, b) = (low[i], high[i])
            low[i] = a * c - b * s
            high[i] = b * c + a * s
            i &+= 1
        }
    }
}

@inline(__always)
private func load4(_ source: UnsafePointer<Float>) -> SIMD4<Float> {
    UnsafeRawPointer(source).loadUnaligned(as: SIMD4<Float>.self)
}

@inline(__always)
private func store4(_ vector: SIMD4<Float>, to target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(of: vector, as: SIMD4<Float>.self)
}
