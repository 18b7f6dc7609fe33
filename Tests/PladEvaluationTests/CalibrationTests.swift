import Foundation
import PladEvaluation
import PladRecords
import Testing

@Suite struct CalibrationTests {
    private struct Row: Decodable {
        let left: [Double]
        let right: [Double]
        let kendall: Double?
        let spearman: Double?
    }

    @Test func rankCorrelationsEqualSciPy() throws {
        let rows = try Fixtures.lines("correlation/correlations.jsonl").dropFirst().map { try JSONDecoder().decode(Row.self, from: $0) }
        #expect(rows.count > 60)
        for row in rows {
            for (own, expected) in [
                (RankCorrelation.kendall(row.left, row.right), row.kendall), (RankCorrelation.spearman(row.left, row.right), row.spearman),
            ] {
                #expect((own == nil) == (expected == nil), "\(row)")
                // A sum of at most 12 products in Double.
                #expect(abs((own ?? 0) - (expected ?? 0)) < 1e-12, "\(row)")
            }
        }
    }

    /// Pairs whose order is right as often as sigmoid(gap × `sureness`) says.
    private func pairs(_ count: Int, sureness: Double) -> [ScoredPair] {
        var generator = SeededGenerator(seed: 2, "pairs")
        return (0..<count).map { _ in
            let gap = generator.uniform() * 4
            let isRight = generator.uniform() < 1 / (1 + exp(-gap * sureness))
            return ScoredPair(chosen: isRight ? gap : 0, rejected: isRight ? 0 : gap)
        }
    }

    @Test func aCalibratedStudentHasAnErrorNearZero() throws {
        let prompts = pairs(20_000, sureness: 1).map { [$0] }
        let error = try #require(Calibration.error(of: prompts, times: [Double](repeating: 1, count: prompts.count)))
        // Ten bins of 2,000 pairs, each with a standard error of at most 0.011.
        #expect(error < 0.012)
    }

    @Test func anOverconfidentStudentShowsInItsBins() throws {
        let bins = Calibration.reliability(of: pairs(20_000, sureness: 0.2))
        #expect(bins.count == 10 && bins.reduce(0) { $0 + $1.count } == 20_000)
        let last = try #require(bins.last)
        #expect(last.confidence > 0.95 && last.accuracy < 0.75)
    }

    @Test func errorIsTheMeanDistanceWeightedByPairs() {
        // Sure (1) and right, right, wrong; unsure (0.5) and a tie, which is half right.
        let sure = [ScoredPair(chosen: 100, rejected: 0), ScoredPair(chosen: 100, rejected: 0), ScoredPair(chosen: 0, rejected: 100)]
        let tie = [ScoredPair(chosen: 1, rejected: 1)]
        #expect(abs(Calibration.error(of: [sure, tie], times: [1, 1])! - 0.25) < 1e-12)
        #expect(abs(Calibration.error(of: [sure, tie], times: [1, 3])! - 1.0 / 6) < 1e-12)
        #expect(Calibration.error(of: [[]], times: [1]) == nil)
        #expect(Calibration.reliability(of: [ScoredPair]()).isEmpty)
    }
}
