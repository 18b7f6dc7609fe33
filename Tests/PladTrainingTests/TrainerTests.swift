import Foundation
import PladRecords
import PladStudent
import PladTensor
import PladTraining
import Testing

@Suite struct TrainerTests {
    private func trainer(
        _ student: Student, _ pairs: [EncodedGroup], loss: any Loss = RankLoss(), _ change: (inout TrainingSettings) -> Void
    )
        throws -> Trainer
    {
        var settings = TrainingSettings(steps: 6, batchSize: 4, learningRate: 1e-3, clip: 0, seed: 3)
        change(&settings)
        return try Trainer(student: student, pairs: pairs, loss: loss, settings: settings, phase: "test")
    }

    /// Gradients and AdamW as PyTorch computes them: the reference differs from itself by about 1e-6.
    @Test(arguments: ["llama-gqa-tied", "llama-untied-sp", "llama3-ropescaled", "qwen3", "gpt-neo", "t5-relu"])
    func oneRankStepEqualsPyTorch(name: String) throws {
        let fixture = try Fixture(name)
        let student = try fixture.student()
        let expected = fixture.golden.rankStep
        let loss = RankLoss([.margin: expected.beta, .lambda: 0])
        let step = try trainer(student, fixture.pairs, loss: loss) { $0.weightDecay = 0.01 }.step()
        #expect(abs(step.loss - expected.loss) < 1e-4 * abs(expected.loss))
        #expect(abs(step.gradientNorm - expected.gradNormTotal) < 1e-4 * expected.gradNormTotal)
        for tensor in student.weights.tensors {
            let norm = student.weights.values(of: tensor).reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            let reference = try #require(expected.paramNormsAfterAdamw[tensor.name], "\(tensor.name) is not in the reference")
            #expect(abs(norm - reference) < 1e-4 * reference, "\(tensor.name)")
        }
    }

    @Test(arguments: ["llama-gqa-tied", "t5-relu"])
    func accumulationOverManyPassesEqualsOnePass(name: String) throws {
        let fixture = try Fixture(name)
        let logs = try [1, 100_000].map { rows in
            let trainer = try trainer(fixture.student(), fixture.pairs) { ($0.rowsPerPass, $0.batchSize) = (rows, 8) }
            while !trainer.isDone { try trainer.step() }
            return trainer.log
        }
        for (single, whole) in zip(logs[0], logs[1]) {
            // The same sums in another order.
            #expect(abs(single.loss - whole.loss) < 1e-4)
            #expect(abs(single.gradientNorm - whole.gradientNorm) < 1e-4 * whole.gradientNorm)
        }
    }

    @Test(arguments: ["llama-gqa-tied", "t5-relu"], [nil, LoRA(rank: 2, alpha: 4, targets: [LoRA.allLinear])])
    func resumedTrainingEndsInTheSameBytes(name: String, adapter: LoRA?) throws {
        let fixture = try Fixture(name)
        func student() throws -> Student {
            let student = try fixture.student()
            if let adapter { try student.attachAdapter(adapter, seed: 5) }
            return student
        }
        let whole = try trainer(student(), fixture.pairs) { $0.batchSize = 3 }
        while !whole.isDone { try whole.step() }
        try Fixture.withTemporaryFolder { folder in
            let state = folder.appendingPathComponent("training.state")
            let first = try trainer(student(), fixture.pairs) { $0.batchSize = 3 }
            for _ in 0..<2 { try first.step() }
            try first.save(to: state)
            let second = try trainer(student(), fixture.pairs) { $0.batchSize = 3 }
            #expect(try second.restore(from: state))
            while !second.isDone { try second.step() }
            #expect(second.student.bytes == whole.student.bytes)
            #expect(second.log == whole.log)
        }
    }

    @Test func checkpointOfAnotherTrainingIsRefused() throws {
        let fixture = try Fixture("llama-gqa-tied")
        try Fixture.withTemporaryFolder { folder in
            let state = folder.appendingPathComponent("training.state")
            try trainer(fixture.student(), fixture.pairs) { _ in }.save(to: state)
            let other = try trainer(fixture.student(), fixture.pairs) { $0.learningRate = 2e-3 }
            let error = #expect(throws: TrainingError.self) { try other.restore(from: state) }
            #expect(error?.code == .foreignCheckpoint)
        }
    }

    /// A disk or a copy that turns one bit anywhere, or loses the end, is noticed before anything is taken over.
    @Test func aDamagedCheckpointIsRefusedWhereverTheDamageIs() throws {
        let fixture = try Fixture("llama-gqa-tied")
        try Fixture.withTemporaryFolder { folder in
            let state = folder.appendingPathComponent("training.state")
            let first = try trainer(fixture.student(), fixture.pairs) { _ in }
            try first.step()
            try first.save(to: state)
            let whole = try Data(contentsOf: state)
            let line = try #require(whole.firstIndex(of: 0x0a))
            let numbers = whole.count - 32 - line - 1
            for place in [2, line - 3, line, line + 1, line + numbers / 2, line + numbers, whole.count - 32, whole.count - 1] {
                var damaged = whole
                damaged[place] ^= 1
                try damaged.write(to: state)
                let other = try trainer(fixture.student(), fixture.pairs) { _ in }
                let before = other.student.bytes
                let error = #expect(throws: TrainingError.self, "byte \(place)") { try other.restore(from: state) }
                #expect(error?.code == .foreignCheckpoint && other.student.bytes == before && other.log.isEmpty)
            }
            for lost in [1, 31, 32, 33, 36, numbers] {
                try whole.dropLast(lost).write(to: state)
                #expect(throws: TrainingError.self, "\(lost) bytes lost") {
                    try trainer(fixture.student(), fixture.pairs) { _ in }.restore(from: state)
                }
            }
            // As older versions wrote it.
            let older = String(decoding: whole[...line], as: UTF8.self).replacing("\"digest\":\"sha256\",", with: "")
            try (Data(older.utf8) + whole[(line + 1)...].dropLast(32)).write(to: state)
            let resumed = try trainer(fixture.student(), fixture.pairs) { _ in }
            #expect(try resumed.restore(from: state) && resumed.student.bytes == first.student.bytes && resumed.log == first.log)
        }
    }

    @Test func stopsBeforeTheWeightsAreSpoiledWhenTheLossIsNotFinite() throws {
        let fixture = try Fixture("llama-gqa-tied")
        let student = try fixture.student()
        try student.makeTrainable()
        student.weights.buffer.values[100] = .nan
        let before = student.bytes
        let error = #expect(throws: TrainingError.self) { try trainer(student, fixture.pairs) { _ in }.step() }
        #expect(error?.code == .diverged)
        #expect(student.bytes == before)
    }

    @Test func clippingCutsTheStepAsTorchDoes() throws {
        let fixture = try Fixture("llama-gqa-tied")
        let free = try trainer(fixture.student(), fixture.pairs) { _ in }.step()
        let cut = try trainer(fixture.student(), fixture.pairs) { $0.clip = 1e-3 }
        #expect(try cut.step().gradientNorm == free.gradientNorm)
        #expect(Trainer.clipScale(norm: 4, limit: 1) == 1 / (4 + 1e-6))
        #expect(Trainer.clipScale(norm: 0.5, limit: 1) == 1)
        #expect(Trainer.clipScale(norm: 4, limit: 0) == 1)
    }

    @Test func rankingRaisesTheGapAndWarmUpTheLikelihood() throws {
        let fixture = try Fixture("llama-gqa-tied")
        let ranking = try trainer(fixture.student(), fixture.pairs, loss: RankLoss([.margin: 500, .lambda: 0])) { $0.steps = 20 }
        while !ranking.isDone { try ranking.step() }
        let gaps = ranking.log.map { $0.chosenLogProbability - ($0.rejectedLogProbability ?? 0) }
        #expect(gaps.last! > gaps.first! + 10)
        let warmUp = try trainer(fixture.student(), fixture.pairs, loss: LikelihoodLoss()) { $0.steps = 20 }
        while !warmUp.isDone { try warmUp.step() }
        #expect(warmUp.log.last!.loss < warmUp.log.first!.loss / 2)
    }
}
