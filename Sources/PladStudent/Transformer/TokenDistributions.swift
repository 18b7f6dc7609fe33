import Foundation
package import PladRecords

/// Which tokens of a distribution are kept: the fewest likeliest ones that together reach `topP`, then at most `topK` of them.
///
/// Source: pre-training distillation (arXiv 2410.16215). The order of the two is not that of sampling, which takes top-k first.
package struct Truncation: Sendable, Hashable, Codable {
    /// Share of the probability at temperature 1, above 0 to 1; 1 cuts nothing.
    package var topP: Double
    /// Largest number of tokens.
    package var topK: Int

    package init(topP: Double = 0.95, topK: Int = 50) {
        self.topP = topP
        self.topK = topK
    }

    /// Number of tokens kept of a distribution: the likeliest `count` of `logProbabilities`, which descend.
    package func count(of logProbabilities: some RandomAccessCollection<Float>) -> Int {
        var mass = 0.0
        for (index, value) in logProbabilities.prefix(topK).enumerated() {
            mass += exp(Double(value))
            if topP < 1, mass >= topP { return index + 1 }
        }
        return min(topK, logProbabilities.count)
    }
}

/// The likeliest tokens at each predicted position, their log-probabilities, and the share that all others have together.
///
/// The tokens of position r are entries `starts[r]..<starts[r + 1]`, the likeliest first; of equally likely ones the lower id.
package struct TokenDistributions: Sendable, Equatable {
    package private(set) var starts = [0]
    package private(set) var ids: [TokenID] = []
    /// Log-probabilities at temperature 1 over the whole vocabulary, nats.
    package private(set) var logProbabilities: [Float] = []
    /// Probability of the tokens left out, one a position.
    package private(set) var restMasses: [Float] = []

    package init() {}

    /// Number of positions.
    package var count: Int { restMasses.count }

    /// The entries of a position.
    package func entries(at position: Int) -> Range<Int> { starts[position]..<starts[position + 1] }

    /// Adds a position.
    package mutating func append(
        ids: some Collection<TokenID>, logProbabilities: some Collection<Float>, restMass: Float
    ) {
        precondition(ids.count == logProbabilities.count, "\(ids.count) ids, \(logProbabilities.count) log-probabilities")
        self.ids += ids
        self.logProbabilities += logProbabilities
        starts.append(self.ids.count)
        restMasses.append(restMass)
    }

    /// The last positions alone.
    package func suffix(_ positions: Int) -> TokenDistributions {
        guard positions < count else { return self }
        var result = TokenDistributions()
        for position in count - positions..<count {
            let entries = entries(at: position)
            result.append(ids: ids[entries], logProbabilities: logProbabilities[entries], restMass: restMasses[position])
        }
        return result
    }

    package static func += (distributions: inout Self, more: Self) {
        let first = distributions.ids.count
        distributions.ids += more.ids
        distributions.logProbabilities += more.logProbabilities
        distributions.starts += more.starts.dropFirst().map { first + $0 }
        distributions.restMasses += more.restMasses
    }
}
