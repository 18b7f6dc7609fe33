/// e^x in every lane, within 2 units in the last place of the true value; NaN stays NaN.
///
/// Below −87.3, where the result would leave the normal numbers, it is e^−87.3 (1.2e−38); above 88.3 it is e^88.3.
/// Cody and Waite's reduction x = n·ln 2 + r with |r| ≤ ln 2 / 2, then the degree-5 polynomial of Cephes `expf`.
@inline(__always)
func exponential(_ x: Vector) -> Vector {
    var x = x
    x.replace(with: 88.3, where: x .> 88.3)
    x.replace(with: -87.3, where: x .< -87.3)
    // Adding 1.5·2^23 rounds to a whole number and leaves it in the lowest bits.
    let shifter = Vector(repeating: 12_582_912)
    let shifted = shifter.addingProduct(x, Vector(repeating: 1.442_695_04))
    let n = shifted - shifter
    var r = x.addingProduct(n, Vector(repeating: -0.693_359_375))
    r = r.addingProduct(n, Vector(repeating: 2.121_944_4e-4))
    var p = Vector(repeating: 1.987_569_15e-4)
    p = Vector(repeating: 1.398_199_95e-3).addingProduct(p, r)
    p = Vector(repeating: 8.333_451_9e-3).addingProduct(p, r)
    p = Vector(repeating: 4.166_579_6e-2).addingProduct(p, r)
    p = Vector(repeating: 1.666_666_55e-1).addingProduct(p, r)
    p = Vector(repeating: 5.000_000_1e-1).addingProduct(p, r)
    p = (r + 1).addingProduct(p, r * r)
    let power = (unsafeBitCast(shifted, to: SIMD16<Int32>.self) &<< 23) &+ SIMD16<Int32>(repeating: 127 << 23)
    return p * unsafeBitCast(power, to: Vector.self)
}

/// e^x of `count` values; `output` may be `input`.
package func exponential(of input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, count: Int) {
    var i = 0
    while i < count {
        store(exponential(load(input + i, count: count &- i)), to: output + i, count: count &- i)
        i &+= 16
    }
}

/// e^((x − shift)·scale) of `count` values; `output` may be `input`.
package func scaledExponential(
    of input: UnsafePointer<Float>, minus shift: Float, times scale: Float, into output: UnsafeMutablePointer<Float>, count: Int
) {
    var i = 0
    while i < count {
        store(exponential((load(input + i, count: count &- i) - shift) * scale), to: output + i, count: count &- i)
        i &+= 16
    }
}
