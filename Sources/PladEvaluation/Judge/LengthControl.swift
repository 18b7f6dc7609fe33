import Foundation

/// The win rate that a student would have if its completions were as long as the baseline's.
///
/// It fits P(win) = sigmoid(a + b · tanh(Δ / σ)), where Δ is the excess length of the student's completion and σ the standard deviation
/// of Δ, and returns the value at Δ = 0. Source: Dubois, Galambosi, Liang and Hashimoto 2024, "Length-Controlled AlpacaEval", equation
/// 2 without its terms for instruction difficulty.
enum LengthControl {
    /// - Parameters:
    ///   - scores: scores from 0 to 1, one for each pair.
    ///   - longer: Δ of each pair.
    ///   - times: multiplicity of each pair.
    /// - Returns: the win rate; nil if all multiplicities are 0.
    static func winRate(scores: [Double], longer: [Double], times: [Double]) -> Double? {
        let total = times.reduce(0, +)
        guard total > 0 else { return nil }
        let mean = zip(longer, times).reduce(0) { $0 + $1.0 * $1.1 } / total
        let variance = zip(longer, times).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 } / total
        let deviation = variance > 0 ? variance.squareRoot() : 1
        let lean = longer.map { tanh($0 / deviation) }
        var (a, b) = (0.0, 0.0)
        // Newton's method on the penalised likelihood, which is concave: 25 steps are far more than it takes.
        for _ in 0..<25 {
            // A weak pull to 0, a quarter of a pair's weight, keeps a student that wins every pair finite.
            var (da, db) = (-0.25 * a, -0.25 * b)
            var (haa, hab, hbb) = (0.25, 0.0, 0.25)
            for index in scores.indices where times[index] > 0 {
                let p = 1 / (1 + exp(-(a + b * lean[index])))
                let slope = times[index] * (scores[index] - p)
                let curvature = times[index] * p * (1 - p)
                da += slope
                db += slope * lean[index]
                haa += curvature
                hab += curvature * lean[index]
                hbb += curvature * lean[index] * lean[index]
            }
            let determinant = haa * hbb - hab * hab
            let (stepA, stepB) = ((hbb * da - hab * db) / determinant, (haa * db - hab * da) / determinant)
            (a, b) = (a + stepA, b + stepB)
            if abs(stepA) + abs(stepB) < 1e-9 { break }
        }
        return 1 / (1 + exp(-a))
    }
}
