import Foundation
import PladRecords
import PladStudent
import PladTensor
import PladTraining
import Testing

@Suite struct PretrainingTests {
    private func settings(_ change: (inout PretrainingSettings) -> Void = { _ in }) -> PretrainingSettings {
        var settings = PretrainingSettings()
        (settings.steps, settings.batchSize, settings.clip, settings.seed) = (6, 2, 0, 3)
        settings.alpha = Course(.wsd, most: 0.9)
        settings.teacherTemperature = 2
        change(&settings)
        return settings
    }

    /// A fixture's student, texts, and a teacher's distributions for them.
    private func given(_ model: String = "llama-gqa-tied") throws -> (student: Student, texts: [EncodedText], knowledge: GivenKnowledge) {
        let reference = try #require(WhiteBoxCases.all.steps.first { $0.model == model })
        let knowledge = GivenKnowledge(reference.encoded, ids: reference.ids, logProbabilities: reference.logProbabilities)
        return (try Fixture(model).student(), reference.encoded, knowledge)
    }

    /// Loss, every gradient and every parameter after AdamW.
    @Test(arguments: WhiteBoxCases.all.steps) func oneStepEqualsPyTorch(_ reference: WhiteBoxCases.Step) throws {
        let student = try Fixture(reference.model).student()
        let knowledge = GivenKnowledge(reference.encoded, ids: reference.ids, logProbabilities: reference.logProbabilities)
        let settings = settings {
            ($0.steps, $0.batchSize, $0.weightDecay) = (1, reference.texts.count, 0.01)
            ($0.alpha, $0.distillation) = (Course(.constant, most: reference.alpha), reference.loss)
            ($0.teacherTemperature, $0.studentTemperature) = (reference.tau, reference.studentTau)
            $0.distillationScale = reference.scale
        }
        let trainer = try PretrainingTrainer(student: student, texts: reference.encoded, knowledge: knowledge, settings: settings)
        let step = try trainer.step()
        #expect(abs(step.loss - reference.value) < 1e-6 * abs(reference.value), "\(step.loss), \(reference.value)")
        #expect(abs(step.lmLoss - reference.likelihood) < 1e-6 * reference.likelihood)
        #expect(abs(try #require(step.kdLoss) - reference.distance) < 1e-6 * max(1, abs(reference.distance)))
        try WhiteBoxCases.expect(trainer.lastGradients, equal: reference.gradients, within: 1e-4)
        // A key's bias has no gradient but for rounding, of which AdamW's first step makes up to a whole one.
        try WhiteBoxCases.expect(student.weights, equal: reference.parameters, within: 1e-3)
    }

    /// The same sums in another order: several passes a step, and several threads.
    @Test func gradientsAreTheSameInOnePassAndInMany() throws {
        let (_, texts, knowledge) = try given()
        let found = try [(1, 100_000), (1, 1), (3, 100_000)].map { threads, rows in
            let student = try Fixture("llama-gqa-tied").student(threads: threads)
            let trainer = try PretrainingTrainer(
                student: student, texts: texts, knowledge: knowledge,
                settings: settings {
                    ($0.rowsPerPass, $0.studentTemperature, $0.batchSize) = (rows, 1.5, texts.count)
                    $0.alpha = Course(.constant, most: 0.5)
                })
            return (trainer, try trainer.step())
        }
        for (trainer, step) in found.dropFirst() {
            #expect(abs(step.loss - found[0].1.loss) < 1e-6)
            for tensor in trainer.lastGradients.tensors {
                let pairs = zip(trainer.lastGradients.values(of: tensor), found[0].0.lastGradients.values(of: tensor))
                #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 }, "\(tensor.name)")
            }
        }
    }

    /// Without a teacher, and with one whose share is 0, it is the language model's loss: what `sft` trains on the same texts.
    @Test func withoutATeacherItIsFineTuningOnTheText() throws {
        let (student, texts, knowledge) = try given()
        let plain = settings { $0.alpha = Course(.constant, most: 0) }
        let trainer = try PretrainingTrainer(student: student, texts: texts, knowledge: knowledge, settings: plain)
        while !trainer.isDone { try trainer.step() }
        let groups = texts.map { EncodedGroup(id: $0.id, prompt: [$0.ids[0]], chosen: Array($0.ids.dropFirst())) }
        let other = try Trainer(
            student: Fixture("llama-gqa-tied").student(), pairs: groups, loss: LikelihoodLoss(),
            settings: TrainingSettings(steps: 6, batchSize: 2, learningRate: 1e-3, clip: 0, seed: 3), phase: "pretraining")
        while !other.isDone { try other.step() }
        #expect(zip(trainer.log, other.log).allSatisfy { abs($0.loss - $1.loss) < 1e-6 * $1.loss })
        #expect(trainer.log.allSatisfy { $0.kdLoss == nil && $0.alpha == 0 })
    }

    /// The student comes nearer to the teacher, also from one that computes beside it.
    @Test func distillationLowersItsLoss() throws {
        let (student, texts, _) = try given()
        let teacher = try Fixture("llama-gqa-tied").student()
        let head = try #require(student.weights.tensor(named: "model.norm.weight"))
        try student.ownWeights()
        for index in 0..<head.count { student.weights.mutableValues(of: head)[index] *= 0.3 }
        let knowledge = try OnlineKnowledge(
            teacher: teacher, digest: "itself", truncation: Truncation(topP: 1, topK: 10_000), student: student)
        let trainer = try PretrainingTrainer(
            student: student, texts: texts, knowledge: knowledge,
            settings: settings {
                ($0.steps, $0.alpha, $0.teacherTemperature) = (40, Course(.constant, most: 1), 1)
                $0.learningRate = Course(.wsd, most: 3e-3)
            })
        while !trainer.isDone { try trainer.step() }
        let values = trainer.log.compactMap(\.kdLoss)
        #expect(values.last! < 0.3 * values[0], "\(values[0]) to \(values.last!)")
    }

    @Test func resumedTrainingEndsInTheSameBytes() throws {
        func trainer() throws -> PretrainingTrainer {
            let (student, texts, knowledge) = try given()
            return try PretrainingTrainer(student: student, texts: texts, knowledge: knowledge, settings: settings())
        }
        let whole = try trainer()
        while !whole.isDone { try whole.step() }
        try Fixture.withTemporaryFolder { folder in
            let state = folder.appendingPathComponent("training.state")
            let first = try trainer()
            for _ in 0..<2 { try first.step() }
            try first.save(to: state)
            let second = try trainer()
            #expect(try second.restore(from: state))
            while !second.isDone { try second.step() }
            #expect(second.student.bytes == whole.student.bytes)
            #expect(second.log == whole.log)
            let (student, texts, knowledge) = try given()
            for change: (inout PretrainingSettings) -> Void in [
                { $0.alpha.most = 0.8 }, { $0.distillation = "jsd" }, { $0.teacherTemperature = 1 },
            ] {
                let other = try PretrainingTrainer(student: student, texts: texts, knowledge: knowledge, settings: settings(change))
                #expect(throws: TrainingError.self) { try other.restore(from: state) }
            }
            var another = knowledge
            another.identity = "another teacher"
            let other = try PretrainingTrainer(student: student, texts: texts, knowledge: another, settings: settings())
            #expect(throws: TrainingError.self) { try other.restore(from: state) }
        }
    }

    @Test func settingsOutOfRangeAreRefusedByName() throws {
        let (student, texts, knowledge) = try given()
        let changes: [(String, (inout PretrainingSettings) -> Void)] = [
            ("`alpha`", { $0.alpha.most = 1.5 }), ("`kd`", { $0.distillation = "kl" }), ("`tau`", { $0.teacherTemperature = 0 }),
            ("`student_tau`", { $0.studentTemperature = .nan }), ("`skew`", { $0.skew = 1 }), ("`kd_scale`", { $0.distillationScale = 0 }),
            ("`batch_size`", { $0.batchSize = 0 }), ("`learning_rate`", { $0.learningRate.most = .infinity }),
        ]
        for (name, change) in changes {
            let error = #expect(throws: TrainingError.self) {
                try PretrainingTrainer(student: student, texts: texts, knowledge: knowledge, settings: settings(change))
            }
            #expect(error?.code == .setting && error?.message.hasPrefix(name) == true, "\(name): \(error?.message ?? "")")
        }
        #expect(throws: TrainingError.self) {
            try PretrainingTrainer(student: student, texts: texts, knowledge: nil, settings: settings())
        }
        let encoder = try Fixture("t5-relu").student()
        #expect(throws: TrainingError.self) {
            try PretrainingTrainer(student: encoder, texts: texts, knowledge: knowledge, settings: settings())
        }
    }

    @Test func coursesRiseAndFallAsTheySay() throws {
        #expect(Course("0.5") == Course(.constant, most: 0.5) && Course("wsd:0.9") == Course(.wsd, most: 0.9))
        #expect(Course("up:1") == nil && Course("wsd") == nil && Course("") == nil && Course("wsd:nan") == nil)
        let wsd = (0..<1000).map { Course(.wsd, most: 0.9).value(at: $0, of: 1000) }
        #expect(abs(wsd[0] - 0.009) < 1e-12 && abs(wsd[49] - 0.45) < 1e-12)
        #expect(wsd[99...990].allSatisfy { $0 == 0.9 })
        #expect(abs(wsd[999] - 0.09) < 1e-12 && abs(wsd[994] - 0.54) < 1e-12)
        let linear = (0..<4).map { Course(.linear, most: 1).value(at: $0, of: 4) }
        #expect(linear == [1, 0.75, 0.5, 0.25])
        #expect((0..<3).allSatisfy { Course(.constant, most: 0.3).value(at: $0, of: 3) == 0.3 })
        #expect(Course(.wsd, most: 1).value(at: 0, of: 1) == 1)
    }
}
