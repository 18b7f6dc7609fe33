/// One prompt's part of a measure: what was seen (nats, facts found, pairs ranked right) of how many (tokens, facts, pairs).
///
/// A measure over many prompts is the sum of the numerators over the sum of the denominators, so that a prompt counts
/// by how much there was to measure in it.
package struct Ratio: Sendable, Hashable {
    package var numerator: Double
    package var denominator: Double

    package init(_ numerator: Double, of denominator: Double = 1) {
        self.numerator = numerator
        self.denominator = denominator
    }
}
