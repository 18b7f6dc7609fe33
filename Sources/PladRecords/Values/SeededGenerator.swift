import Foundation

/// A reproducible stream of random numbers: xoshiro256** (Blackman and Vigna 2018), whose state is the SHA-256 of a seed and the
/// stream's name.
///
/// Streams with different names are independent, so the order in which prompts are sampled, or how many at a time, does not change a
/// prompt's samples.
package struct SeededGenerator: RandomNumberGenerator, Sendable, Codable, Equatable {
    private var state: [UInt64]

    /// - Parameters:
    ///   - seed: the run's seed.
    ///   - name: purpose of the stream, part by part, for example `"sample", promptID, "3"`.
    package init(seed: UInt64, _ name: String...) {
        let label = ([String(seed)] + name).map { "\($0.utf8.count):\($0)" }.joined()
        let digest = Digest(of: label).bytes
        state = (0..<4).map { word in
            digest[word * 8..<word * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    package mutating func next() -> UInt64 {
        let result = rotate(state[1] &* 5, by: 7) &* 9
        let shifted = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = rotate(state[3], by: 45)
        return result
    }

    /// A uniform number in [0, 1) with 53 random bits.
    package mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A draw from the standard normal distribution, by the Box-Muller transform.
    package mutating func normal() -> Double {
        let radius = (-2 * Foundation.log(1 - uniform())).squareRoot()
        return radius * Foundation.cos(2 * .pi * uniform())
    }

    private func rotate(_ word: UInt64, by bits: UInt64) -> UInt64 {
        word << bits | word >> (64 - bits)
    }
}
