import Foundation
import PladRecords
import PladStudent
import PladTraining
import Testing

@Suite struct GuardTests {
    private func reason(chosen: Double = -1, ratio: Double = 1.1, repetition: Double = 0.05) -> String? {
        func probe(_ chosen: Double, _ ratio: Double, _ repetition: Double) -> GreedyProbe {
            GreedyProbe(chosenLogProbabilityPerToken: chosen, answerTokens: 12, lengthRatio: ratio, repetition: repetition)
        }
        return CollapseGuard(totalSteps: 20).reason(probe(chosen, ratio, repetition), since: probe(-1, 1.1, 0.05))
    }

    @Test func chosenSideThatBecomesHalfAsLikelyATokenIsCollapse() {
        #expect(reason(chosen: -1.69) == nil)
        #expect(reason(chosen: -1.7) == "the chosen completions fell from -1.00 to -1.70 nats per token")
        let start = GreedyProbe(chosenLogProbabilityPerToken: -1, answerTokens: 12, lengthRatio: 1, repetition: 0)
        #expect(CollapseGuard(totalSteps: 20).reason(nil, since: start) == "the student's numbers are no longer finite")
    }

    @Test func answersTwiceAsLongOrRepeatingThemselvesAreCollapse() {
        #expect(reason(ratio: 2.1) == nil)
        #expect(reason(ratio: 2.3) == "the completions' length went from 1.10 to 2.30 times the chosen one's")
        #expect(reason(ratio: 0.4) != nil)
        #expect(reason(repetition: 0.34) == nil)
        #expect(reason(repetition: 0.36) == "the share of the completions that repeats itself rose from 5 to 36 %")
    }

    @Test func looksComeEveryTenthOfATrainingAndAtItsEnd() {
        #expect((1...25).filter { CollapseGuard(totalSteps: 25).looks(after: $0) } == [3, 6, 9, 12, 15, 18, 21, 24, 25])
        #expect(CollapseGuard(totalSteps: 10_000).interval == 50)
    }

    @Test func repetitionCountsRunsOfFourThatCameBefore() {
        #expect(Student.repetition([[1, 2, 3, 4, 5, 6]]) == 0)
        #expect(Student.repetition([[7, 7, 7, 7, 7, 7, 7, 7]]) == 0.8)
        #expect(Student.repetition([[1, 2, 3]]) == 0)
    }

    /// A rate a thousand times too high, and nothing that keeps the chosen side likely.
    private func collapsing(_ action: CollapseAction, rate: Double = 0.05, steps: Int = 40) throws -> Trainer {
        let fixture = try Fixture("llama-gqa-tied")
        let settings = TrainingSettings(steps: steps, batchSize: 4, learningRate: rate, clip: 0, seed: 3, onCollapse: action)
        return try Trainer(
            student: fixture.student(), pairs: fixture.pairs, loss: RankLoss([.margin: 1e3, .lambda: 0]), settings: settings,
            phase: "round-1")
    }

    @Test func collapsedRankingEndsWithTheLastGoodWeights() throws {
        try Fixture.withTemporaryFolder { folder in
            let trainer = try collapsing(.rollback)
            try trainer.run(state: folder.appendingPathComponent("state"), every: 1e9) { _ in }
            let collapse = try #require(trainer.collapse)
            #expect(trainer.isDone && trainer.log.count < 40)
            #expect(trainer.log.last?.collapse == collapse)
            let good = try #require(collapse.firstMatch(of: /back to the weights after step (\d+)$/).flatMap { Int($0.1) })
            // The same training without a guard, up to there.
            let plain = try collapsing(.off)
            for _ in 0..<good { try plain.step() }
            #expect(plain.student.bytes == trainer.student.bytes)
        }
    }

    @Test func collapsedRankingStopsWithTheReasonWhereItIsAskedTo() throws {
        try Fixture.withTemporaryFolder { folder in
            let trainer = try collapsing(.stop)
            let error = #expect(throws: TrainingError.self) {
                try trainer.run(state: folder.appendingPathComponent("state"), every: 1e9) { _ in }
            }
            #expect(error?.code == .collapsed)
            #expect(error?.message.contains("`learning_rate` (now 0.05)") == true, "\(error?.message ?? "")")
        }
    }

    /// Between two looks, and at a look.
    @Test(arguments: [40, 10]) func trainingWhoseNumbersAreNoneRollsBackToo(steps: Int) throws {
        try Fixture.withTemporaryFolder { folder in
            let trainer = try collapsing(.rollback, rate: 1e38, steps: steps)
            try trainer.run(state: folder.appendingPathComponent("state"), every: 1e9) { _ in }
            #expect(trainer.collapse != nil)
            #expect(trainer.student.bytes == (try Fixture("llama-gqa-tied").student().bytes))
        }
    }

    @Test func resumedTrainingCollapsesAtTheSameStepToTheSameBytes() throws {
        struct Stop: Error {}
        try Fixture.withTemporaryFolder { folder in
            let whole = try collapsing(.rollback)
            try whole.run(state: folder.appendingPathComponent("whole"), every: 1e9) { _ in }
            let state = folder.appendingPathComponent("state")
            for stop in 1..<whole.log.count {
                let cut = try collapsing(.rollback)
                try cut.restore(from: state)
                #expect(throws: Stop.self) { try cut.run(state: state, every: 1e9) { if $0.step == stop { throw Stop() } } }
            }
            let resumed = try collapsing(.rollback)
            try resumed.restore(from: state)
            try resumed.run(state: state, every: 1e9) { _ in }
            #expect(resumed.collapse == whole.collapse)
            #expect(resumed.log == whole.log)
            #expect(resumed.student.bytes == whole.student.bytes)
        }
    }

    @Test func healthyTrainingIsLeftAloneAndItsBytesAreTheSame() throws {
        try Fixture.withTemporaryFolder { folder in
            let watched = try collapsing(.rollback, rate: 1e-5)
            try watched.run(state: folder.appendingPathComponent("state"), every: 1e9) { _ in }
            let plain = try collapsing(.off, rate: 1e-5)
            while !plain.isDone { try plain.step() }
            #expect(watched.collapse == nil && watched.log.count == 40)
            #expect(watched.log.filter { $0.probe != nil }.map(\.step) == Array(stride(from: 4, through: 40, by: 4)))
            #expect(watched.student.bytes == plain.student.bytes)
        }
    }
}
