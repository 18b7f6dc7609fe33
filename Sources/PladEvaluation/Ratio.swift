/// One prompt's part of a measure: a sum (nats, facts found, pairs ranked right) and its count (tokens, facts, pairs).
///
/// A measure over many prompts is the sum of the numerators over the sum of the denominators, so that a prompt's weight is the number
/// of its items.
package struct Ratio: Sendable, Hashable {
    package var numerator: Double
    package var denominator: Double

    package init(_ numerator: Double, of denominator: Double = 1) {
        self.numerator = numerator
        self.denominator = denominator
    }
}
