/// chrF of one candidate against one reference, or of several pairs together: the F-score of character n-grams of 1 to 6, in which
/// recall weighs twice as much as precision.
///
/// Characters are Unicode scalars, white space left out, case kept; so it reads every script. Source: Popović 2015, "chrF: character
/// n-gram F-score for automatic MT evaluation"; equal to `sacrebleu` 2.6.0 with its defaults (character order 6, word order 0, beta 2,
/// effective order), which prints 100 times the value. The score of a sum is that of a corpus, which is not the mean over its pairs.
package struct ChrF: Sendable, Hashable {
    /// Number of the candidate's n-grams, by n - 1; 0 if the reference is too short to have any.
    private var candidate = SIMD8<Double>.zero
    private var reference = SIMD8<Double>.zero
    /// Number of common n-grams, each counted as often as both texts have it.
    private var common = SIMD8<Double>.zero

    private static let order = 6

    package init(reference: String, candidate: String) {
        let (reference, candidate) = (Self.windows(of: reference), Self.windows(of: candidate))
        for n in 1...Self.order {
            let (theirs, ours) = (Self.grams(of: reference, n), Self.grams(of: candidate, n))
            guard !theirs.isEmpty else { break }
            self.reference[n - 1] = Double(theirs.count)
            self.candidate[n - 1] = Double(ours.count)
            common[n - 1] = Double(ours.countInCommon(with: theirs))
        }
    }

    /// Adds up pairs by multiplicity.
    package init(_ pairs: [ChrF], times: [Double]) {
        for (pair, times) in zip(pairs, times) {
            candidate += times * pair.candidate
            reference += times * pair.reference
            common += times * pair.common
        }
    }

    /// The score in [0, 1]: the F of precision and recall, each the mean over the orders that both texts have.
    package var score: Double {
        var (precision, recall, orders) = (0.0, 0.0, 0.0)
        for n in 0..<Self.order where candidate[n] > 0 && reference[n] > 0 {
            precision += common[n] / candidate[n]
            recall += common[n] / reference[n]
            orders += 1
        }
        guard precision + recall > 0 else { return 0 }
        (precision, recall) = (precision / orders, recall / orders)
        let weight = 4.0
        return (1 + weight) * precision * recall / (weight * precision + recall)
    }

    /// The sorted windows of six characters from each position: 21 bits each, the first highest, zeros beyond the end of the text. In
    /// this order the n-grams of every n are sorted too.
    private static func windows(of text: String) -> [UInt128] {
        var windows: [UInt128] = []
        var window: UInt128 = 0
        for scalar in text.unicodeScalars.reversed() where !scalar.isWhiteSpaceInPython {
            // Plus 1, so that U+0000 is not taken for the end.
            window = window >> bits | UInt128(scalar.value + 1) << (bits * (order - 1))
            windows.append(window)
        }
        return windows.sorted()
    }

    private static func grams(of windows: [UInt128], _ n: Int) -> [UInt128] {
        windows.lazy.map { $0 >> (bits * (order - n)) }.filter { $0 & (1 << UInt128(bits) - 1) != 0 }
    }

    private static let bits = 21
}

extension Unicode.Scalar {
    /// White space by Python's `str.split`: Unicode's, and the four separators of ASCII.
    fileprivate var isWhiteSpaceInPython: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
}
