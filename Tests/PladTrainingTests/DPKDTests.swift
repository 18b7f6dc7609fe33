import Foundation
import PladRecords
import PladStudent
import PladTensor
import PladTraining
import Testing

/// DPKD in both forms: whole texts as in the paper, token by token as in the released code.
@Suite struct DPKDTests {
    @Test(arguments: WhiteBoxCases.all.dpkd) func aStepOfThePapersFormEqualsPyTorch(_ reference: WhiteBoxCases.DPKD) throws {
        let student = try Fixture(reference.model).student()
        let pairs = reference.prompts.indices.map { index in
            EncodedGroup(
                id: "pair-\(index)", prompt: reference.prompts[index],
                candidates: [
                    EncodedCandidate(ids: reference.chosen[index], reference: reference.references[index][0]),
                    EncodedCandidate(ids: reference.rejected[index], reference: reference.references[index][1]),
                ])
        }
        let count = 12
        // As many texts as pairs a step: twelve of each are every pair thrice and every text four times.
        let settings = TrainingSettings(steps: 1, batchSize: count, learningRate: 1e-3, weightDecay: 0.01, clip: 0, norm: .mean, seed: 3)
        let trainer = try Trainer(
            student: student, pairs: pairs, loss: DPKDLoss([.beta: reference.beta]), settings: settings, phase: "dpkd",
            textTerm: TextTerm(texts: WhiteBoxCases.plain(reference.texts), weight: reference.textLambda))
        let step = try trainer.step()
        #expect(pairs.count == 4 && reference.texts.count == 3)
        #expect(abs(step.loss - reference.value) < 1e-6 * abs(reference.value), "\(step.loss), \(reference.value)")
        #expect(abs(try #require(step.textLoss) - reference.textLoss) < 1e-6 * reference.textLoss)
        let norm = reference.gradients.values.reduce(0) { $0 + $1[0] * $1[0] }.squareRoot()
        #expect(abs(step.gradientNorm - norm) < 1e-4 * norm)
        try WhiteBoxCases.expect(student.weights, equal: reference.parameters, within: 1e-3)
    }

    @Test(arguments: WhiteBoxCases.all.dpkdTokens) func aStepOfTheReleasedCodesFormEqualsPyTorch(
        _ reference: WhiteBoxCases.DPKDTokens
    ) throws {
        let student = try Fixture(reference.model).student()
        let (data, plain) = (reference.encoded, WhiteBoxCases.plain(reference.texts))
        var settings = PretrainingSettings()
        (settings.steps, settings.batchSize, settings.clip, settings.weightDecay) = (1, 12, 0, 0.01)
        (settings.alpha, settings.learningRate) = (Course(.constant, most: reference.ratio), Course(.constant, most: 1e-3))
        let trainer = try PretrainingTrainer(
            student: student,
            terms: [
                .init(
                    texts: data, knowledge: GivenKnowledge(data, ids: reference.ids, logProbabilities: reference.logProbabilities),
                    loss: DPKDTokenLoss(beta: reference.beta)),
                .init(
                    texts: plain,
                    knowledge: GivenKnowledge(plain, ids: reference.textIds, logProbabilities: reference.textLogProbabilities),
                    loss: ForwardKL(), weight: reference.textLambda),
            ], settings: settings)
        let step = try trainer.step()
        #expect(abs(step.loss - reference.value) < 1e-6 * abs(reference.value), "\(step.loss), \(reference.value)")
        #expect(abs(try #require(step.textLoss) - reference.textLoss) < 1e-6 * reference.textLoss)
        try WhiteBoxCases.expect(trainer.lastGradients, equal: reference.gradients, within: 1e-4)
        try WhiteBoxCases.expect(student.weights, equal: reference.parameters, within: 1e-3)
    }

    /// What both models find likeliest at each position, by scoring every token of the vocabulary.
    @Test func theLikeliestTokensAreThoseOfTheTeacherAndOfTheStudentAsItIs() throws {
        let (teacher, student) = (try Fixture("llama-gqa-tied").student(), try Fixture("llama-gqa-tied").student())
        try student.ownWeights()
        let tensor = try #require(student.weights.tensor(named: "model.layers.1.mlp.down_proj.weight"))
        for index in 0..<tensor.count { student.weights.mutableValues(of: tensor)[index] *= index % 3 == 0 ? -1 : 0.5 }
        let texts = WhiteBoxCases.all.dpkdTokens[0].encoded
        let found = try LikeliestOfBoth(teacher: teacher, digest: "itself", student: student).distributions(of: texts)
        var (position, differ) = (0, 0)
        for text in texts {
            for end in text.promptCount..<text.ids.count {
                let tree = PromptTree(
                    prompt: Array(text.ids[..<end]), continuations: (0..<teacher.configuration.vocabularySize).map { [TokenID($0)] })
                let scores = try [teacher, student].map { try $0.logProbabilities(of: [tree])[0].map { $0[0] } }
                let best = scores.map { all in all.indices.max { (all[$0], $1) < (all[$1], $0) }! }
                let entries = found.entries(at: position)
                #expect(found.ids[entries].map(Int.init) == (best[0] == best[1] ? [best[0]] : best), "position \(position)")
                #expect(zip(found.logProbabilities[entries], best).allSatisfy { abs($0 - scores[0][$1]) < 1e-5 })
                position += 1
                differ += best[0] == best[1] ? 0 : 1
            }
        }
        #expect(position == found.count && differ > 3 && differ < position, "\(differ) of \(position)")
    }

    @Test func tokenLossMatchesFiniteDifferencesAndSaturates() {
        let loss = DPKDTokenLoss(beta: 0.7)
        var derivatives = [0.0, 0]
        let (teacher, student) = ([-0.3, -2.5], [-1.7, -0.4])
        let value = loss(teacher: teacher, student: student, derivatives: &derivatives)
        #expect(abs(value - log1p(exp(-0.7 * ((-1.7 + 0.4) - (-0.3 + 2.5))))) < 1e-12)
        for index in 0..<2 {
            var unused = derivatives
            let sides = [1e-6, -1e-6].map { step in
                var moved = student
                moved[index] += step
                return loss(teacher: teacher, student: moved, derivatives: &unused)
            }
            #expect(abs((sides[0] - sides[1]) / 2e-6 - derivatives[index]) < 1e-8)
        }
        var one = [1.0]
        #expect(loss(teacher: [-0.1], student: [-3], derivatives: &one) == log(2) && one == [0])
        for student in [[-800.0, 0], [0, -800]] {
            let value = loss(teacher: [-1, -2], student: student, derivatives: &derivatives)
            #expect(value.isFinite && derivatives.allSatisfy(\.isFinite))
        }
    }

    /// A text term is part of the training's state: without it, or with another, a checkpoint is another training's.
    @Test func aTextTermBelongsToTheCheckpoint() throws {
        let fixture = try Fixture("llama-gqa-tied")
        let pairs = fixture.pairs.map { pair in
            var pair = pair
            for index in pair.candidates.indices { pair.candidates[index].reference = -20 }
            return pair
        }
        let texts = WhiteBoxCases.plain(WhiteBoxCases.all.steps[0].texts)
        func trainer(_ weight: Double?) throws -> Trainer {
            try Trainer(
                student: fixture.student(), pairs: pairs, loss: DPKDLoss(),
                settings: TrainingSettings(steps: 4, batchSize: 2, learningRate: 1e-3, norm: .mean), phase: "dpkd",
                textTerm: weight.map { TextTerm(texts: texts, weight: $0) })
        }
        try Fixture.withTemporaryFolder { folder in
            let state = folder.appendingPathComponent("state")
            let whole = try trainer(0.5)
            while !whole.isDone { try whole.step() }
            let first = try trainer(0.5)
            try first.step()
            try first.save(to: state)
            let second = try trainer(0.5)
            #expect(try second.restore(from: state))
            while !second.isDone { try second.step() }
            #expect(second.student.bytes == whole.student.bytes && second.log == whole.log)
            for other in [nil, 0.4] { #expect(throws: TrainingError.self) { try trainer(other).restore(from: state) } }
        }
    }
}
