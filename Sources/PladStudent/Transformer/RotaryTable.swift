import Foundation
import PladTensor

/// Cosines and sines of rotary positions, [positions, D/2] each, computed on first use.
///
/// Frequencies and angles are rounded to float32 where transformers rounds them, so that long contexts agree too.
final class RotaryTable {
    private let frequencies: [Float]
    private let half: Int
    private var positions = 0
    private var cosines = AlignedBuffer(count: 0)
    private var sines = AlignedBuffer(count: 0)

    init(_ configuration: RotaryConfiguration, headWidth: Int) {
        half = headWidth / 2
        frequencies = (0..<half).map { pair in
            Float(configuration.frequency(1 / pow(configuration.theta, Double(2 * pair) / Double(headWidth))))
        }
    }

    /// Makes the table cover `0..<count`.
    func reserve(_ count: Int) {
        guard count > positions else { return }
        positions = max(count, 2 * positions)
        cosines = AlignedBuffer(count: positions * half)
        sines = AlignedBuffer(count: positions * half)
        for position in 0..<positions {
            for (pair, frequency) in frequencies.enumerated() {
                let angle = Double(Float(position) * frequency)
                cosines.pointer[position * half + pair] = Float(cos(angle))
                sines.pointer[position * half + pair] = Float(sin(angle))
            }
        }
    }

    /// Rotates `count` contiguous heads to a position, or back.
    ///
    /// - Precondition: `reserve` covers the position.
    func turn(_ heads: UnsafeMutablePointer<Float>, count: Int, position: Int, inverse: Bool = false) {
        rotate(
            heads, count: count, headWidth: 2 * half,
            cosine: cosines.pointer + position * half, sine: sines.pointer + position * half, inverse: inverse)
    }
}

extension RotaryConfiguration {
    /// The frequency of a pair after scaling.
    func frequency(_ plain: Double) -> Double {
        switch scaling {
        case .none:
            return plain
        case .linear(let factor):
            return plain / factor
        case .llama3(let factor, let low, let high, let originalContext):
            let wavelength = 2 * Double.pi / plain
            let ramp = (Double(originalContext) / wavelength - low) / (high - low)
            let kept = min(max(ramp, 0), 1)
            return (1 - kept) * plain / factor + kept * plain
        }
    }
}
