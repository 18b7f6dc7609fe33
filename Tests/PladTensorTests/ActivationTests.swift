import Foundation
import PladTensor
import Testing

@Suite struct ActivationTests {
    static let all: [Activation] = [.silu, .geluTanh, .relu]

    private func value(_ activation: Activation, _ x: Double) -> Double {
        switch activation {
        case .silu: x / (1 + exp(-x))
        case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .relu: max(0, x)
        }
    }

    private func slope(_ activation: Activation, _ x: Double) -> Double {
        if activation == .relu { return x > 0 ? 1 : 0 }
        return (value(activation, x + 1e-6) - value(activation, x - 1e-6)) / 2e-6
    }

    @Test(arguments: all)
    func activationsAndTheirBackwardEqualTheirDefinition(_ activation: Activation) {
        var values = Values(6)
        let (x, dh) = (values.many(77, scale: 12), values.many(77))
        var (h, turned, again) = (dh, x, dh)
        activate(activation, x, into: &h, count: x.count)
        activateBackward(activation, x: &turned, dh: &again, count: x.count)
        #expect(again == h)
        #expect(relativeDistance(h, x.doubles.map { value(activation, $0) }) < 1e-6)
        #expect(relativeDistance(turned, zip(x, dh).map { slope(activation, Double($0)) * Double($1) }) < 1e-5)
    }

    @Test(arguments: all)
    func gatedActivationsAndTheirBackwardEqualTheirDefinition(_ activation: Activation) {
        var values = Values(7)
        let (rows, width) = (3, 44)
        let (gateUp, dh) = (values.many(rows * 2 * width, scale: 8), values.many(rows * width))
        var (h, turned, again) = (dh, gateUp, dh)
        gated(activation, gateUp, into: &h, rows: rows, width: width)
        gatedBackward(activation, gateUp: &turned, dh: &again, rows: rows, width: width)
        #expect(again == h)
        var (expected, expectedTurned) = ([Double](), gateUp.doubles)
        for row in 0..<rows {
            for i in 0..<width {
                let at = row * 2 * width + i
                let (g, u, d) = (Double(gateUp[at]), Double(gateUp[at + width]), Double(dh[row * width + i]))
                expected.append(value(activation, g) * u)
                expectedTurned[at] = d * u * slope(activation, g)
                expectedTurned[at + width] = d * value(activation, g)
            }
        }
        #expect(relativeDistance(h, expected) < 1e-6)
        #expect(relativeDistance(turned, expectedTurned) < 1e-5)
    }
}
