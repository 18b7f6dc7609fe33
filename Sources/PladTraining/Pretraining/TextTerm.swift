import PladStudent

/// The negative log-likelihood of plain text beside a ranking: weight · mean over the tokens of a batch of texts.
///
/// Source: DPKD (arXiv 2406.19774, equation 9, λ).
package struct TextTerm: Sendable {
    package var texts: [EncodedText]
    package var weight: Double

    /// - Precondition: there is a text.
    package init(texts: [EncodedText], weight: Double) {
        precondition(!texts.isEmpty, "a text term without texts")
        self.texts = texts
        self.weight = weight
    }

    /// Adds the gradients of a batch to those of `pass`. Returns the negative log-likelihood a token, before the weight.
    func accumulate(_ batch: [EncodedText], rowsPerPass: Int, into pass: GradientPass) throws -> Double {
        let divisor = Double(batch.reduce(0) { $0 + $1.positions })
        var sum = 0.0
        for part in batch.passes(of: rowsPerPass, \.rows) {
            let trees = part.map(\.tree)
            sum -= try pass.forward(trees).joined().joined().reduce(0) { $0 + Double($1) }
            try pass.backward(trees.map { _ in [Float(-weight / divisor)] })
        }
        return sum / divisor
    }
}
