import PladEvaluation
import PladRecords
import Testing

@Suite struct BootstrapTests {
    private func normals(_ count: Int, _ name: String) -> [Double] {
        var generator = SeededGenerator(seed: 3, name)
        return (0..<count).map { _ in generator.normal() }
    }

    @Test func intervalOfAMeanMatchesTheNormalApproximation() {
        let values = normals(400, "values").map { 5 + 2 * $0 }
        let estimate = Bootstrap(seed: 1).estimate(of: values)
        let mean = values.reduce(0, +) / 400
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400).squareRoot()
        let half = 1.96 * deviation / 20
        #expect(abs(estimate.mean - mean) < 1e-12)
        #expect(estimate.count == 400)
        // The percentile of 2,000 resamples has a standard error of about 3.5 % of the half-width.
        #expect(abs(estimate.low - (mean - half)) < 0.12 * half)
        #expect(abs(estimate.high - (mean + half)) < 0.12 * half)
    }

    /// Four pairs of one prompt are one prompt.
    @Test func onePromptCountsOnce() {
        let estimate = Bootstrap(seed: 1).estimate(of: [Ratio(3, of: 4)])
        #expect(estimate.mean == 0.75 && estimate.count == 1)
        #expect(Bootstrap(seed: 1).estimate(of: [Ratio(0, of: 0)]).count == 0)
    }

    @Test func sameSeedGivesTheSameBitsAndAnotherSeedDoesNot() {
        let values = normals(50, "values")
        #expect(Bootstrap(seed: 1).estimate(of: values) == Bootstrap(seed: 1).estimate(of: values))
        #expect(Bootstrap(seed: 1).estimate(of: values) != Bootstrap(seed: 2).estimate(of: values))
    }

    @Test func promptsCountByTheirTokens() {
        let estimate = Bootstrap(seed: 1).estimate(of: [Ratio(30, of: 10), Ratio(1, of: 1)])
        #expect(estimate.mean == 31.0 / 11)
        #expect(estimate.count == 11)
        #expect(estimate.low == 1 && estimate.high == 3)
    }

    @Test func pairedDifferenceIsNarrowerThanTheStudentsIntervals() {
        let difficulty = normals(200, "difficulty")
        let first = difficulty.map { Ratio($0) }
        let second = zip(difficulty, normals(200, "noise")).map { Ratio($0 + 0.1 + 0.05 * $1) }
        let bootstrap = Bootstrap(seed: 1)
        let difference = bootstrap.difference(of: second, from: first)
        let alone = bootstrap.estimate(of: first)
        #expect(difference.low > 0, "0.1 is 28 standard errors of the paired difference")
        #expect((difference.high - difference.low) * 10 < alone.high - alone.low)
    }

    @Test func nothingToMeasureHasCountZero() {
        let nothing = Estimate(mean: 0, low: 0, high: 0, count: 0)
        #expect(Bootstrap(seed: 1).estimate(of: [Ratio]()) == nothing)
        #expect(Bootstrap(seed: 1).estimate(of: [Ratio(0, of: 0)]) == nothing)
        #expect(Bootstrap(seed: 1).difference(of: [Ratio(0, of: 0)], from: [Ratio(1)]) == nothing)
    }

    @Test func resamplesWithNothingToMeasureAreLeftOut() {
        let estimate = Bootstrap(seed: 1).estimate(of: [Ratio(0, of: 0), Ratio(0, of: 0), Ratio(1, of: 2)])
        #expect(estimate == Estimate(mean: 0.5, low: 0.5, high: 0.5, count: 2))
    }

    @Test func meansOfSeveralColumnsEqualThoseOfEachAlone() {
        let columns = [normals(80, "first"), normals(80, "second")]
        let bootstrap = Bootstrap(seed: 4)
        for (together, alone) in zip(bootstrap.means(of: columns), columns.map { bootstrap.estimate(of: $0) }) {
            // Both sum the same products; the order may differ.
            for part in [\Estimate.mean, \.low, \.high] { #expect(abs(together[keyPath: part] - alone[keyPath: part]) < 1e-12) }
            #expect(together.count == alone.count)
        }
        #expect(bootstrap.means(of: [[], []]).allSatisfy { $0.count == 0 })
    }

    @Test func theIntervalOfManyValuesIsTheNormalOne() {
        let values = normals(10_001, "many")
        let (quick, resampled) = (Bootstrap(seed: 1).means(of: [values])[0], Bootstrap(seed: 1).estimate(of: values))
        #expect(abs(quick.mean - resampled.mean) < 1e-12)
        // As above: a percentile of 2,000 resamples has a standard error of about 3.5 % of the half-width, 0.0196.
        #expect(abs(quick.low - resampled.low) < 0.12 * 0.0196 && abs(quick.high - resampled.high) < 0.12 * 0.0196)
    }
}
