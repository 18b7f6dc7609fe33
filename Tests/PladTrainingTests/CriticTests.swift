import Foundation
import PladRecords
import PladStudent
import PladTensor
import PladTraining
import Testing

/// The critic: its gradients by differences, what it learns, and that what is saved is what it was.
@Suite struct CriticTests {
    static let models = ["llama-gqa-tied", "gpt2", "t5-relu"]

    /// The fixture's prompts, each with one text that stands for the teacher's and two others of unequal lengths.
    private func groups(_ fixture: Fixture) -> [CriticTrainer.Group] {
        fixture.pairs.prefix(3).enumerated().map { index, pair in
            PromptTree(
                prompt: pair.prompt,
                continuations: [
                    pair.completions[0], Array(pair.completions[1].prefix(2 + index)), Array(pair.completions[0].suffix(1)),
                ])
        }
    }

    private func trainer(_ fixture: Fixture, steps: Int = 1, rows: Int = 2048) throws -> CriticTrainer {
        let settings = TrainingSettings(steps: steps, batchSize: 3, learningRate: 1e-3, seed: 3, rowsPerPass: rows)
        return try CriticTrainer(Critic(student: fixture.student(), seed: 7), groups: groups(fixture), settings: settings)
    }

    /// The mean of −log σ(v(first) − v(other)), computed from the values alone.
    private func loss(_ critic: Critic, _ groups: [CriticTrainer.Group]) throws -> Double {
        let gaps = try critic.values(of: groups).flatMap { values in values.dropFirst().map { values[0] - $0 } }
        return gaps.reduce(0) { $0 + log1p(exp(-$1)) } / Double(gaps.count)
    }

    @Test(arguments: models) func itsGradientIsThatOfDifferences(model: String) throws {
        let fixture = try Fixture(model)
        let trainer = try trainer(fixture)
        let (critic, groups) = (trainer.critic, groups(fixture))
        let found = try trainer.accumulate(groups)
        #expect(abs(found.loss / 6 - (try loss(critic, groups))) < 1e-5)
        let gradients = trainer.lastGradients
        var checked = 0
        func check(_ values: UnsafeMutableBufferPointer<Float>, _ gradient: UnsafeBufferPointer<Float>, _ name: String) throws {
            // Along the gradient the loss changes by its length: one number that every entry has a part in.
            let length = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            guard length > 1e-4 else { return }
            checked += 1
            let kept = Array(values)
            let step = 2e-3 / length
            func moved(_ sign: Double) throws -> Double {
                for index in values.indices { values[index] = kept[index] + Float(sign * step * Double(gradient[index])) }
                defer { _ = values.update(fromContentsOf: kept) }
                return try loss(critic, groups)
            }
            let difference = (try moved(1) - moved(-1)) / (2 * step * length)
            #expect(abs(difference - length) < 0.03 * length, "\(name): \(difference), by differences \(length)")
        }
        for tensor in critic.student.weights.tensors {
            try check(critic.student.weights.mutableValues(of: tensor), gradients.weights.values(of: tensor), tensor.name)
        }
        let head = gradients.head
        try check(
            UnsafeMutableBufferPointer(start: critic.head.pointer, count: critic.head.count),
            UnsafeBufferPointer(start: head.pointer, count: head.count), "head")
        #expect(checked > critic.student.weights.tensors.count / 2)
    }

    /// The language model's head has no part in a critic, unless it is the table of tokens too.
    @Test func theHeadOfTokensHasNoGradient() throws {
        let fixture = try Fixture("llama-untied-sp")
        let trainer = try trainer(fixture)
        _ = try trainer.accumulate(groups(fixture))
        let gradients = trainer.lastGradients.weights
        let head = try #require(gradients.tensor(named: "lm_head.weight"))
        #expect(gradients.values(of: head).allSatisfy { $0 == 0 })
    }

    @Test func gradientsAreTheSameInOnePassAndInThree() throws {
        let fixture = try Fixture("llama-gqa-tied")
        let (whole, parts) = (try trainer(fixture), try trainer(fixture, rows: 1))
        _ = (try whole.accumulate(groups(fixture)), try parts.accumulate(groups(fixture)))
        for tensor in whole.lastGradients.weights.tensors {
            let pairs = zip(whole.lastGradients.weights.values(of: tensor), parts.lastGradients.weights.values(of: tensor))
            #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test(arguments: models) func itLearnsToTellTheTeachersTextsAndIsReadBackAsItWas(model: String) throws {
        let fixture = try Fixture(model)
        let trainer = try trainer(fixture, steps: 80)
        let before = try loss(trainer.critic, groups(fixture))
        var last = (loss: 0.0, rankedRight: 0.0)
        while !trainer.isDone { last = try trainer.step() }
        let found = try trainer.critic.values(of: groups(fixture))
        #expect(last.loss < 0.5 * before && last.rankedRight == 1, "\(found)")
        try trainer.settle()
        let values = try trainer.critic.values(of: groups(fixture))
        #expect(abs(values.reduce(0) { $0 + $1[0] }) < 1e-3, "the teacher's texts have 0 on average")
        #expect(values.allSatisfy { $0[0] > $0[1] && $0[0] > $0[2] })
        // A text's value is its own, whoever stands beside it.
        for (group, values) in zip(groups(fixture), values) {
            let alone = try trainer.critic.values(of: [PromptTree(prompt: group.prompt, continuations: [group.continuations[1]])])
            #expect(abs(alone[0][0] - values[1]) < 1e-4)
        }
        try Fixture.withTemporaryFolder { folder in
            let place = folder.appendingPathComponent("critic")
            try trainer.critic.save(to: place)
            #expect(Critic.isOne(place) && !Critic.isOne(folder))
            #expect(try Critic(folder: place, threads: 1).values(of: groups(fixture)) == values)
        }
    }

    @Test func sameSeedSameBytes() throws {
        let fixture = try Fixture("llama-gqa-tied")
        let runs = try (0..<2).map { _ in
            let trainer = try trainer(fixture, steps: 3)
            while !trainer.isDone { _ = try trainer.step() }
            return trainer.critic.student.bytes
        }
        #expect(runs[0] == runs[1])
    }

    @Test func withoutASampleThatSaysSomethingElseThereIsNothingToLearn() throws {
        let fixture = try Fixture("llama-gqa-tied")
        let alone = groups(fixture).map { PromptTree(prompt: $0.prompt, continuations: [$0.continuations[0]]) }
        let critic = try Critic(student: fixture.student(), seed: 1)
        #expect(throws: TrainingError.self) { try CriticTrainer(critic, groups: alone, settings: TrainingSettings()) }
    }
}
