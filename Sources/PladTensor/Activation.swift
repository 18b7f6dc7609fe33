/// The non-linear function inside a feed-forward layer.
package enum Activation: Sendable, Equatable {
    /// x·σ(x)
    case silu
    /// Gaussian error linear unit in the form with tanh (Hendrycks and Gimpel 2016): `gelu_new`, `gelu_pytorch_tanh`.
    case geluTanh
    case relu
}

/// h = f(gate)∘up (Shazeer 2020, "GLU variants improve transformer"), f the activation.
///
/// - Parameters:
///   - gateUp: [rows, 2·width], each row gate then up.
///   - h: [rows, width].
package func gated(
    _ activation: Activation, _ gateUp: UnsafePointer<Float>, into h: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    switch activation {
    case .silu: gated(SiLU.self, gateUp, into: h, rows: rows, width: width)
    case .geluTanh: gated(TanhGELU.self, gateUp, into: h, rows: rows, width: width)
    case .relu: gated(ReLU.self, gateUp, into: h, rows: rows, width: width)
    }
}

/// Backward of `gated`: turns `gateUp` into its own gradient and `dh` into h, which the weight gradient of the next layer needs.
package func gatedBackward(
    _ activation: Activation, gateUp: UnsafeMutablePointer<Float>, dh: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    switch activation {
    case .silu: gatedBackward(SiLU.self, gateUp: gateUp, dh: dh, rows: rows, width: width)
    case .geluTanh: gatedBackward(TanhGELU.self, gateUp: gateUp, dh: dh, rows: rows, width: width)
    case .relu: gatedBackward(ReLU.self, gateUp: gateUp, dh: dh, rows: rows, width: width)
    }
}

/// h = f(x), `count` values.
package func activate(_ activation: Activation, _ x: UnsafePointer<Float>, into h: UnsafeMutablePointer<Float>, count: Int) {
    switch activation {
    case .silu: activate(SiLU.self, x, into: h, count: count)
    case .geluTanh: activate(TanhGELU.self, x, into: h, count: count)
    case .relu: activate(ReLU.self, x, into: h, count: count)
    }
}

/// Backward of `activate`: turns `x` into its own gradient and `dh` into h.
package func activateBackward(_ activation: Activation, x: UnsafeMutablePointer<Float>, dh: UnsafeMutablePointer<Float>, count: Int) {
    switch activation {
    case .silu: activateBackward(SiLU.self, x: x, dh: dh, count: count)
    case .geluTanh: activateBackward(TanhGELU.self, x: x, dh: dh, count: count)
    case .relu: activateBackward(ReLU.self, x: x, dh: dh, count: count)
    }
}

/// A function of one vector with its derivative, both inlined into the loops above.
private protocol Function {
    static func value(_ x: Vector) -> Vector
    static func valueAndSlope(_ x: Vector) -> (value: Vector, slope: Vector)
}

private enum SiLU: Function {
    @inline(__always)
    static func value(_ x: Vector) -> Vector { x * (1 / (1 + exponential(-x))) }

    @inline(__always)
    static func valueAndSlope(_ x: Vector) -> (value: Vector, slope: Vector) {
        let s = 1 / (1 + exponential(-x))
        let value = x * s
        return (value, s + value * (1 - s))
    }
}

/// ½x(1 + tanh u) = x·σ(2u) with u = √(2/π)·(x + 0.044715x³)
private enum TanhGELU: Function {
    @inline(__always)
    private static func gate(_ x: Vector) -> Vector {
        let inner = Vector(repeating: 1).addingProduct(x * x, Vector(repeating: 0.044715))
        return 1 / (1 + exponential(x * inner * -1.595_769_1))
    }

    @inline(__always)
    static func value(_ x: Vector) -> Vector { x * gate(x) }

    @inline(__always)
    static func valueAndSlope(_ x: Vector) -> (value: Vector, slope: Vector) {
        let s = gate(x)
        // d 2u / dx = 2·√(2/π)·(1 + 3·0.044715·x²)
        let steepness = Vector(repeating: 1.595_769_1).addingProduct(x * x, Vector(repeating: 0.214_064_42))
        return (x * s, s + x * s * (1 - s) * steepness)
    }
}

private enum ReLU: Function {
    @inline(__always)
    static func value(_ x: Vector) -> Vector { x.replacing(with: 0, where: x .< 0) }

    /// At the corner the slope of the flat side, as PyTorch has it.
    @inline(__always)
    static func valueAndSlope(_ x: Vector) -> (value: Vector, slope: Vector) {
        (x.replacing(with: 0, where: x .< 0), Vector(repeating: 1).replacing(with: 0, where: x .<= 0))
    }
}

@inline(__always)
private func gated<F: Function>(
    _: F.Type, _ gateUp: UnsafePointer<Float>, into h: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    for row in 0..<rows {
        let gate = gateUp + row &* 2 &* width
        let up = gate + width
        let h = h + row &* width
        var i = 0
        while i < width {
            let left = width &- i
            store(F.value(load(gate + i, count: left)) * load(up + i, count: left), to: h + i, count: left)
            i &+= 16
        }
    }
}

@inline(__always)
private func gatedBackward<F: Function>(
    _: F.Type, gateUp: UnsafeMutablePointer<Float>, dh: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    for row in 0..<rows {
        let gate = gateUp + row &* 2 &* width
        let up = gate + width
        let dh = dh + row &* width
        var i = 0
        while i < width {
            let left = width &- i
            let (u, d) = (load(up + i, count: left), load(dh + i, count: left))
            let (value, slope) = F.valueAndSlope(load(gate + i, count: left))
            store(d * u * slope, to: gate + i, count: left)
            store(d * value, to: up + i, count: left)
            store(value * u, to: dh + i, count: left)
            i &+= 16
        }
    }
}

@inline(__always)
private func activate<F: Function>(_: F.Type, _ x: UnsafePointer<Float>, into h: UnsafeMutablePointer<Float>, count: Int) {
    var i = 0
    while i < count {
        store(F.value(load(x + i, count: count &- i)), to: h + i, count: count &- i)
        i &+= 16
    }
}

@inline(__always)
private func activateBackward<F: Function>(
    _: F.Type, x: UnsafeMutablePointer<Float>, dh: UnsafeMutablePointer<Float>, count: Int
) {
    var i = 0
    while i < count {
        let left = count &- i
        let (value, slope) = F.valueAndSlope(load(x + i, count: left))
        store(load(dh + i, count: left) * slope, to: x + i, count: left)
        store(value, to: dh + i, count: left)
        i &+= 16
    }
}
