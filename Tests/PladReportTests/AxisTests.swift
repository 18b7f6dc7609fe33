import Foundation
import PladRecords
import PladReport
import Testing

@Suite struct AxisTests {
    @Test(arguments: [
        ([0.0, 1], ["0.0", "0.5", "1.0"]),
        ([0.175, 0.71], ["0.2", "0.4", "0.6"]),
        ([-62.0, -21], ["−60", "−50", "−40", "−30", "−20"]),
        ([0.0, 25_000], ["0", "10,000", "20,000"]),
        ([1e-6, 4e-6], ["1e−6", "2e−6", "3e−6", "4e−6"]),
        ([1e-4, 1e-4], ["9.0e−5", "9.5e−5", "1.00e−4", "1.05e−4", "1.10e−4"]),
        ([2e8, 9e8], ["2e8", "4e8", "6e8", "8e8"]),
    ])
    func ticksAreRoundAndLabelled(values: [Double], labels: [String]) {
        let axis = Axis(around: values, ticks: 5)
        #expect(axis.ticks.map { axis.label($0) } == labels)
    }

    @Test func everyAxisHoldsItsValuesAndAtLeastThreeTicks() throws {
        var generator = SeededGenerator(seed: 11, "axes")
        for _ in 0..<20_000 {
            let scale = Foundation.pow(10, generator.uniform() * 24 - 12)
            let start = generator.normal() * scale
            let values = [start, start + generator.uniform() * scale]
            let axis = Axis(around: values)
            // Required, so that a broken axis is told once and not twenty thousand times.
            try #require(axis.low <= values[0] && values[1] <= axis.high && axis.low < axis.high)
            try #require((3...10).contains(axis.ticks.count), "\(values): \(axis.ticks)")
            try #require(axis.ticks.allSatisfy { axis.low - 1e-9 * scale <= $0 && $0 <= axis.high + 1e-9 * scale })
            try #require(Set(axis.ticks.map { axis.label($0) }).count == axis.ticks.count, "\(values)")
        }
    }

    @Test(arguments: [
        [], [0], [3.5], [-2, -2], [1e-30], [.nan], [.infinity, -.infinity], [1e-12, 1e-12], [0, .leastNonzeroMagnitude], [5, .nan, 5],
        [1.7e308, -1.7e308],
    ])
    func nothingAndEqualValuesHaveAnAxisToo(values: [Double]) {
        let axis = Axis(around: values)
        #expect(axis.low < axis.high && axis.low.isFinite && axis.high.isFinite)
        #expect(!axis.ticks.isEmpty)
        for value in values where value.isFinite { #expect((0...100).contains(axis.place(value, from: 0, to: 100))) }
    }

    @Test func roomStopsAtTheLimits() {
        let axis = Axis(around: [0.6, 1], limits: 0...1)
        #expect(axis.high == 1 && axis.low < 0.6)
    }

    @Test func stepsHaveWholeTicks() {
        #expect(Axis(around: [1, 2], ticks: 5, whole: true).ticks == [1, 2])
        #expect(Axis(around: [1], ticks: 5, whole: true).ticks == [1])
    }
}
