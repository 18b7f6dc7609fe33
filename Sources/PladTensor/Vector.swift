import Foundation

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
@inline(__always)
func load(_ source: UnsafePointer<Float>, count: Int) -> Vector {
    count >= 16 ? load(source) : loadPart(source, count: count)
}

/// Writes the first `count` lanes (at most sixteen) and nothing beyond.
@inline(__always)
func store(_ vector: Vector, to target: UnsafeMutablePointer<Float>, count: Int) {
    if count >= 16 { store(vector, to: target) } else { storePart(vector, to: target, count: count) }
}

@inline(never)
private func loadPart(_ source: UnsafePointer<Float>, count: Int) -> Vector {
    var vector = Vector.zero
    withUnsafeMutableBytes(of: &vector) { lanes in
        var lane = 0
        while lane &+ 4 <= count {
            let four = UnsafeRawPointer(source + lane).loadUnaligned(as: SIMD4<Float>.self)
            lanes.storeBytes(of: four, toByteOffset: lane &* 4, as: SIMD4<Float>.self)
            lane &+= 4
        }
        while lane < count {
            lanes.storeBytes(of: source[lane], toByteOffset: lane &* 4, as: Float.self)
            lane &+= 1
        }
    }
    return vector
}

@inline(never)
private func storePart(_ vector: Vector, to target: UnsafeMutablePointer<Float>, count: Int) {
    withUnsafeBytes(of: vector) { lanes in
        UnsafeMutableRawPointer(target).copyMemory(from: lanes.baseAddress!, byteCount: count &* 4)
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

/// 0, 1, … 15: which lanes of a tail count is a comparison with these.
var laneNumbers: SIMD16<Int32> {
    @inline(__always) get { SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }
}

/// The natural logarithm.
func logarithm(_ x: Float) -> Float {
    Float(log(Double(x)))
}
