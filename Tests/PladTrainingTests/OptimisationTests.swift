import PladRecords
import PladTraining
import Testing

@Suite struct OptimisationTests {
    @Test func rampRisesToTheFullRateAtItsLastStep() {
        let schedule = Schedule(shape: .constant, warmUp: 0.4)
        #expect((0..<10).map { schedule.factor(step: $0, of: 10) } == [0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1, 1])
    }

    @Test func withoutARampTheFirstStepHasTheFullRate() {
        for shape in Schedule.Shape.allCases {
            #expect(Schedule(shape: shape).factor(step: 0, of: 100) == 1)
        }
    }

    @Test func shapesFollowTheirFormulas() {
        #expect(abs(Schedule(shape: .cosine).factor(step: 25, of: 100) - 0.8535533905932737) < 1e-12)
        #expect(Schedule(shape: .linear).factor(step: 25, of: 100) == 0.75)
        #expect(Schedule(shape: .wsd).factor(step: 89, of: 100) == 1)
        #expect(abs(Schedule(shape: .wsd).factor(step: 95, of: 100) - 0.5) < 1e-12)
    }

    @Test func everyEpochTakesEveryPairOnce() {
        var order = BatchOrder(count: 10, batchSize: 4, seed: 7, phase: "x")
        let taken = (0..<5).flatMap { order.batch(at: $0) }
        #expect(taken.prefix(10).sorted() == Array(0..<10))
        #expect(taken.suffix(10).sorted() == Array(0..<10))
        #expect(Array(taken.prefix(10)) != Array(taken.suffix(10)))
    }

    @Test func orderDependsOnSeedPhaseAndStepAlone() {
        var whole = BatchOrder(count: 10, batchSize: 3, seed: 7, phase: "x")
        var resumed = BatchOrder(count: 10, batchSize: 3, seed: 7, phase: "x")
        let batches = (0..<9).map { whole.batch(at: $0) }
        #expect(resumed.batch(at: 5) == batches[5])
        var other = BatchOrder(count: 10, batchSize: 3, seed: 8, phase: "x")
        #expect((0..<9).map { other.batch(at: $0) } != batches)
    }

    @Test func batchLargerThanTheDataTakesPairsAgain() {
        var order = BatchOrder(count: 3, batchSize: 7, seed: 1, phase: "x")
        let batch = order.batch(at: 0)
        #expect(batch.count == 7)
        #expect(batch.prefix(3).sorted() == [0, 1, 2])
    }

    @Test func settingsOutOfRangeNameTheFlag() {
        var settings = TrainingSettings()
        settings.batchSize = 0
        let error = #expect(throws: TrainingError.self) { try settings.validate() }
        #expect(error?.message.hasPrefix("`batch_size` 0") == true)
        #expect(error?.exitStatus == .usage)
    }
}
