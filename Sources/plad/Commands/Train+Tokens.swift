import Foundation
import PladDistill
import PladStudent
import PladTraining

extension Train {
    /// Trains by what DPKD's released code computes: on the chosen texts (1 − r) · NLL + r · `DPKDTokenLoss`, and on plain text, with its
    /// weight, (1 − r) · NLL + r · KL(teacher ‖ student) over all tokens. Returns the steps.
    func distilTokens(_ groups: [EncodedGroup], _ model: Student, _ given: TrainingSettings, state: URL) throws -> [PretrainingStep] {
        let observer = ConsoleObserver()
        let (teacher, digest) = try whiteBox.teacher(of: model, threads: try threadCount(threads), readsPlainText: true)
        var terms = [
            PretrainingTrainer.Term(
                texts: groups.map { EncodedText(id: $0.id, prompt: $0.prompt, completion: $0.chosen) },
                knowledge: try LikeliestOfBoth(teacher: teacher, digest: digest, student: model),
                loss: DPKDTokenLoss(beta: try beta))
        ]
        let texts = try whiteBox.plainTexts(for: model, observer: observer)
        if !texts.isEmpty {
            let all = Truncation(topP: 1, topK: teacher.configuration.vocabularySize)
            terms.append(
                PretrainingTrainer.Term(
                    texts: texts, knowledge: try OnlineKnowledge(teacher: teacher, digest: digest, truncation: all, student: model),
                    loss: ForwardKL(), weight: whiteBox.textLambda))
        }
        var settings = PretrainingSettings()
        (settings.steps, settings.epochs, settings.batchSize) = (given.steps, given.epochs, given.batchSize)
        settings.learningRate = Course(try course, most: given.learningRate)
        (settings.weightDecay, settings.clip, settings.seed) = (given.weightDecay, given.clip, given.seed)
        (settings.rowsPerPass, settings.alpha) = (given.rowsPerPass, Course(.constant, most: whiteBox.kdRatio))
        let trainer = try PretrainingTrainer(student: model, terms: terms, settings: settings)
        try trainer.run(state: state, every: checkpointSeconds, observer: observer, label: loss.loss)
        return trainer.log
    }

    private var beta: Double {
        get throws {
            let beta = loss.beta ?? 0.1
            guard beta > 0, beta.isFinite else { throw UsageError("--beta \(beta): give a number above 0") }
            return beta
        }
    }

    private var course: Course.Shape {
        get throws {
            guard optimiser.schedule != .wsd, let shape = Course.Shape(rawValue: optimiser.schedule.rawValue) else {
                throw UsageError(
                    "--schedule \(optimiser.schedule.rawValue) does not go with --loss \(loss.loss); give constant, linear or cosine")
            }
            return shape
        }
    }
}
