/// Sixteen floats that kernels work on at a time: one AVX-512 register, or two of AVX.
typealias Vector = SIMD16<Float>

/// Sixteen consecutive floats; no alignment is asked for.
@inline(__always)
func load(_ source: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
}

@inline(__always)
func store(_ vector: Vector, to target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(of: vector, as: Vector.self)
}

/// The first `count` floats (at most sixteen are taken), zeros after them; reads nothing beyond.
///
/// Goes through memory rather than a function that returns a vector: across a call the compiler cuts vectors into quarters,
/// and then everything that meets one of them.
@inline(__always)
func load(_ source: UnsafePointer<Float>, count: Int) -> Vector {
    if count >= 16 { return load(source) }
    var vector = Vector.zero
    withUnsafeMutableBytes(of: &vector) { copyFloats(source, to: $0.baseAddress!, count: count) }
    return vector
}

/// Writes the first `count` lanes (at most sixteen) and nothing beyond.
@inline(__always)
func store(_ vector: Vector, to target: UnsafeMutablePointer<Float>, count: Int) {
    if count >= 16 { return store(vector, to: target) }
    withUnsafeBytes(of: vector) { copyFloats($0.baseAddress!, to: target, count: count) }
}

/// Copies fewer than sixteen floats.
@inline(never)
private func copyFloats(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int) {
    var byte = 0
    while byte &+ 16 <= count &* 4 {
        target.storeBytes(of: source.loadUnaligned(fromByteOffset: byte, as: SIMD4<Float>.self), toByteOffset: byte, as: SIMD4<Float>.self)
        byte &+= 16
    }
    while byte < count &* 4 {
        target.storeBytes(of: source.loadUnaligned(fromByteOffset: byte, as: Float.self), toByteOffset: byte, as: Float.self)
        byte &+= 4
    }
}

/// The sum of all lanes, pairwise: a fixed order and a short chain.
@inline(__always)
func sum(_ vector: Vector) -> Float {
    let eight = vector.lowHalf + vector.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
}

/// √x in every lane for x ≥ 0, within 2 units in the last place; 0 stays 0.
///
/// The compiler turns `squareRoot()` of a vector into sixteen scalar ones. An estimate of 1/√x from the bits (Lomont 2003,
/// "Fast inverse square root") and three steps of Newton's method, the last of them on the root itself.
@inline(__always)
func squareRoot(_ x: Vector) -> Vector {
    let bits = SIMD16<Int32>(repeating: 0x5f37_59df) &- (unsafeBitCast(x, to: SIMD16<Int32>.self) &>> 1)
    var inverse = unsafeBitCast(bits, to: Vector.self)
    let half = x * -0.5
    for _ in 0..<2 {
        let residue = Vector(repeating: 1.5).addingProduct(half * inverse, inverse)
        inverse *= residue
    }
    let root = x * inverse
    return root.addingProduct(x.addingProduct(-root, root), inverse * 0.5)
}

/// The greater of each lane; a NaN in `b` is passed over.
@inline(__always)
func greater(_ a: Vector, _ b: Vector) -> Vector {
    a.replacing(with: b, where: b .> a)
}

/// The greatest lane.
@inline(__always)
func greatest(_ vector: Vector) -> Float {
    let eight = vector.lowHalf.replacing(with: vector.highHalf, where: vector.highHalf .> vector.lowHalf)
    let four = eight.lowHalf.replacing(with: eight.highHalf, where: eight.highHalf .> eight.lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
    return max(two.x, two.y)
}

/// 0, 1, … 15: which lanes of a tail count is a comparison with these; as floats, for vectors of integers are compared one by one.
var laneNumbers: Vector {
    @inline(__always) get { Vector(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }
}

/// ln x in every lane for normal x > 0, within 2 units in the last place or 1e-7 (Cephes `logf`).
@inline(__always)
func logarithm(_ x: Vector) -> Vector {
    // x = m·2^e with m in [√½, √2): adding the gap between 1 and √½ carries into the exponent where m would be too great.
    // As the lowest bits of 1.5·2^23 (0x4b400000) a whole number becomes a float.
    let shifted = unsafeBitCast(x, to: SIMD16<Int32>.self) &+ (0x3f80_0000 - 0x3f35_04f3)
    let e = unsafeBitCast((shifted &>> 23) &+ (0x4b40_0000 - 127), to: Vector.self) - 12_582_912
    let m = unsafeBitCast((shifted & 0x007f_ffff) &+ 0x3f35_04f3, to: Vector.self)
    let f = m - 1
    var p = Vector(repeating: 7.037_683_6e-2)
    p = Vector(repeating: -1.151_461_03e-1).addingProduct(p, f)
    p = Vector(repeating: 1.167_699_9e-1).addingProduct(p, f)
    p = Vector(repeating: -1.242_014_08e-1).addingProduct(p, f)
    p = Vector(repeating: 1.424_932_3e-1).addingProduct(p, f)
    p = Vector(repeating: -1.666_805_8e-1).addingProduct(p, f)
    p = Vector(repeating: 2.000_071_5e-1).addingProduct(p, f)
    p = Vector(repeating: -2.499_999_4e-1).addingProduct(p, f)
    p = Vector(repeating: 3.333_333_1e-1).addingProduct(p, f)
    let square = f * f
    var tail = square * f * p
    tail = tail.addingProduct(e, Vector(repeating: -2.121_944_4e-4))
    tail = tail.addingProduct(square, Vector(repeating: -0.5))
    return (f + tail).addingProduct(e, Vector(repeating: 0.693_359_375))
}
