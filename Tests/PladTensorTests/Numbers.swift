import PladTensor

/// A small generator of reproducible values in −1 to 1 (Knuth's MMIX linear congruence).
struct Values {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 23) - 1
    }

    mutating func many(_ count: Int, scale: Float = 1) -> [Float] { (0..<count).map { _ in scale * next() } }
}

/// The greatest difference, over the greatest expected value.
func relativeDistance(_ values: [Float], _ expected: [Double]) -> Double {
    guard values.count == expected.count else { return .infinity }
    let scale = expected.map(abs).max() ?? 0
    let difference = zip(values, expected).map { Double($0).isNaN ? .infinity : abs(Double($0) - $1) }.max() ?? 0
    return difference / max(scale, 1e-30)
}

/// a[m, k] · b[k, n] in float64.
func product(_ a: [Double], _ b: [Double], m: Int, n: Int, k: Int) -> [Double] {
    (0..<m * n).map { at in (0..<k).reduce(0) { $0 + a[at / n * k + $1] * b[$1 * n + at % n] } }
}

func transposed(_ a: [Double], rows: Int, columns: Int) -> [Double] {
    (0..<rows * columns).map { a[$0 % rows * columns + $0 / rows] }
}

extension [Float] {
    var doubles: [Double] { map(Double.init) }
}
