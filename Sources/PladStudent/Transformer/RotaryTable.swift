import Foundation
import PladTensor

/// Cosines and sines of rotary positions, [positions, turned pairs of a head] each, computed on first use.
///
/// Frequencies and angles are rounded to float32 where transformers rounds them, so that long contexts agree too.
final class RotaryTable {
    private let frequencies: [Float]
    private let half: Int
    private let headWidth: Int
    /// Factor on cosines and sines.
    private let factor: Float
    private var positions = 0
    private var cosines = AlignedBuffer(count: 0)
    private var sines = AlignedBuffer(count: 0)

    init(_ configuration: RotaryConfiguration, headWidth: Int) {
        self.headWidth = headWidth
        half = configuration.turnedWidth(headWidth) / 2
        factor = configuration.attentionFactor
        frequencies = (0..<half).map { Float(configuration.frequency(pair: $0, headWidth: headWidth)) }
    }

    /// The tables of a stack's layers.
    static func tables(_ configuration: StudentConfiguration, layers: Int) -> [RotaryTable?] {
        guard case .rotary(let rotary) = configuration.positions else { return Array(repeating: nil, count: layers) }
        var made: [(RotaryConfiguration, RotaryTable)] = []
        let wanted = configuration.layerRotary.isEmpty ? Array(repeating: rotary, count: layers) : configuration.layerRotary
        return wanted.map { rotary in
            guard let rotary else { return nil }
            if let known = made.first(where: { $0.0 == rotary }) { return known.1 }
            made.append((rotary, RotaryTable(rotary, headWidth: configuration.headWidth)))
            return made.last!.1
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
                cosines.pointer[position * half + pair] = Float(cos(angle)) * factor
                sines.pointer[position * half + pair] = Float(sin(angle)) * factor
            }
        }
    }

    /// Rotates `count` contiguous heads to a position, or back; of each the first values, if not the whole is turned.
    ///
    /// - Precondition: `reserve` covers the position.
    func turn(_ heads: UnsafeMutablePointer<Float>, count: Int, position: Int, inverse: Bool = false) {
        let (cosine, sine) = (cosines.pointer + position * half, sines.pointer + position * half)
        guard 2 * half < headWidth else {
            return rotate(heads, count: count, headWidth: headWidth, cosine: cosine, sine: sine, inverse: inverse)
        }
        for head in 0..<count {
            rotate(heads + head * headWidth, count: 1, headWidth: 2 * half, cosine: cosine, sine: sine, inverse: inverse)
        }
    }
}

extension RotaryConfiguration {
    /// Number of a head's values that are turned.
    func turnedWidth(_ headWidth: Int) -> Int { Int(Double(headWidth) * share) }

    /// Factor on cosines and sines (YaRN, LongRoPE).
    package var attentionFactor: Float {
        switch scaling {
        case .none, .linear, .llama3: 1
        case .yarn(let yarn): Float(yarn.attentionFactor)
        case .longrope(_, let factor): Float(factor)
        }
    }

    /// The frequency of a pair after scaling.
    package func frequency(pair: Int, headWidth: Int) -> Double {
        let turned = turnedWidth(headWidth)
        let plain = 1 / pow(theta, Double(2 * pair) / Double(turned))
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
        case .yarn(let yarn):
            let kept = yarn.kept(pair: pair, width: turned, theta: theta)
            return plain / yarn.factor * (1 - kept) + plain * kept
        case .longrope(let factors, _):
            return plain / factors[pair]
        }
    }
}

extension RotaryConfiguration.YaRN {
    /// Share of a pair's plain frequency that is kept: 1 for those that turn often within the original context, 0 for those that do not
    /// turn once (transformers 5.24, `modeling_rope_utils.py`, `_compute_yarn_parameters`).
    func kept(pair: Int, width: Int, theta: Double) -> Double {
        func place(_ turns: Double) -> Double {
            Double(width) * log(Double(originalContext) / (turns * 2 * .pi)) / (2 * log(theta))
        }
        var (low, high) = (place(fastTurns), place(slowTurns))
        if truncates { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        (low, high) = (max(low, 0), min(high, Double(width - 1)))
        return 1 - min(max((Double(pair) - low) / (low == high ? 0.001 : high - low), 0), 1)
    }
}
