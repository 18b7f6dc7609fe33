package import Foundation
import PladRecords
package import PladStudent
import PladTensor

/// Trains a student on plain text by L = (1 − α) · L_lm + α · L_kd: the language model's loss, and a loss to a teacher's distributions.
///
/// L_kd is the mean over all predicted tokens of a loss between F(z) = softmax(truncate(z) / τ) of the teacher's logits and the student's
/// distribution: pre-training distillation (arXiv 2410.16215). With α falling to 0 and a teacher smaller than the student it is
/// knowledge inheritance (arXiv 2105.13880). α 0 is training without a teacher.
///
/// The state is weights, both moments and the step number: each batch follows from the seed and the step, so a trainer restored from a
/// checkpoint continues as if it had never stopped, to the byte. Texts lie in a pass one behind the other, without padding.
package final class PretrainingTrainer {
    package let student: Student
    package let settings: PretrainingSettings
    package let totalSteps: Int
    /// Steps done so far, oldest first.
    package private(set) var log: [PretrainingStep] = []
    /// Held-out loss to measure now and then, if set; the records of those steps hold it.
    package var heldOut: HeldOutLoss?

    private let fingerprint: String
    private let terms: [Term]
    private let gradients: Weights
    private let pass: GradientPass
    private let moments: (first: Weights, second: Weights)
    private var orders: [BatchOrder]

    /// Texts with what a teacher knows of them. The first of a training is what its steps are counted by; the others are added to its
    /// loss with their weights, as many texts a step.
    package struct Term {
        var texts: [EncodedText]
        var knowledge: (any TeacherKnowledge)?
        var loss: any DistributionLoss
        var weight: Double

        package init(texts: [EncodedText], knowledge: (any TeacherKnowledge)?, loss: any DistributionLoss, weight: Double = 1) {
            (self.texts, self.knowledge, self.loss, self.weight) = (texts, knowledge, loss, weight)
        }
    }

    /// Prepares the training.
    ///
    /// Throws `TrainingError` if a setting is out of range, the student has an encoder, there are no texts, or the memory does not suffice.
    /// - Parameter knowledge: the teacher's distributions; nil to train without a teacher.
    package convenience init(
        student: Student, texts: [EncodedText], knowledge: (any TeacherKnowledge)?, settings: PretrainingSettings
    ) throws {
        try settings.validate()
        let loss = DistributionLosses.named(settings.distillation, skew: settings.skew)!
        try self.init(student: student, terms: [Term(texts: texts, knowledge: knowledge, loss: loss)], settings: settings)
    }

    /// Prepares a training of several terms, whose losses are given; throws like `init(student:texts:knowledge:settings:)`.
    package init(student: Student, terms: [Term], settings: PretrainingSettings) throws {
        try settings.validate()
        guard let first = terms.first, terms.allSatisfy({ !$0.texts.isEmpty }) else {
            throw TrainingError(.noPairs, "there are no texts to train on")
        }
        guard !student.configuration.hasEncoder else {
            throw TrainingError(.setting, "the student has an encoder, and plain text has no prompt for one to read; take a decoder")
        }
        guard terms.allSatisfy({ $0.knowledge != nil }) || settings.alpha.most == 0 else {
            throw TrainingError(.setting, "`alpha` \(settings.alpha.most): there is no teacher; give `logits` or `teacher`, or `alpha` 0")
        }
        self.student = student
        self.terms = terms
        self.settings = settings
        totalSteps = settings.stepCount(texts: first.texts.count)
        let plan = MemoryPlan(student.shape, pass: Self.largestPass(terms.flatMap(\.texts), settings), threads: student.workers.threads)
        let held = student.weights.areMapped ? 0 : plan.weights
        try plan.check(available: MemoryPlan.available().map { $0 + held })
        try student.makeTrainable()
        let parts =
            [
                "pretraining", String(decoding: try settings.jsonLine(inSnakeCase: false), as: UTF8.self),
                "threads \(student.workers.threads)", student.weightsDigest,
            ]
            + terms.map { term in
                let texts = Digest(of: Data(term.texts.flatMap { $0.key.bytes + Array("\($0.promptCount)".utf8) }))
                return "\(term.knowledge?.identity ?? "alone") \(term.loss) \(term.weight) \(texts)"
            }
        fingerprint = Digest(of: parts.joined(separator: "\n")).description
        gradients = Weights(like: student.trainable)
        pass = GradientPass(student: student, gradients: gradients)
        moments = (Weights(like: student.trainable), Weights(like: student.trainable))
        orders = terms.enumerated().map { number, term in
            BatchOrder(
                count: term.texts.count, batchSize: settings.batchSize, seed: settings.seed,
                phase: number == 0 ? "pretraining" : "pretraining texts \(number)")
        }
    }

    /// Largest number of a teacher's tokens in a pass, unless a single text has more.
    private static let mostEntries = 1 << 22

    package var isDone: Bool { log.count >= totalSteps }

    /// The gradients of the last step.
    package var lastGradients: Weights { gradients }

    /// Takes one optimiser step and returns its record.
    ///
    /// Throws `TrainingError.diverged`, before the weights change, if loss or gradient is not finite.
    @discardableResult
    package func step() throws -> PretrainingStep {
        let index = log.count
        let batches = terms.indices.map { term in orders[term].batch(at: index).map { terms[term].texts[$0] } }
        let alpha = settings.alpha.value(at: index, of: totalSteps)
        clear(gradients.buffer, workers: student.workers)
        let found = try zip(terms, batches).map { try accumulate($1, of: $0, alpha: alpha) }
        let losses = found.map { (1 - alpha) * $0.likelihood + alpha * settings.distillationScale * ($0.distillation ?? 0) }
        let value = zip(terms, losses).reduce(0) { $0 + $1.0.weight * $1.1 }
        let norm = sumOfSquares(gradients.buffer, workers: student.workers).squareRoot()
        guard value.isFinite, norm.isFinite else {
            throw TrainingError(
                .diverged,
                "pretraining, step \(index + 1): the loss is \(value) and the gradient's norm \(norm); lower `learning_rate` (now \(settings.learningRate.most)) or set `clip`"
            )
        }
        let rate = settings.learningRate.value(at: index, of: totalSteps)
        adamW(
            weights: student.trainable.buffer, gradients: gradients.buffer, firstMoments: moments.first.buffer,
            secondMoments: moments.second.buffer,
            parameters: AdamWParameters(
                learningRate: Float(rate), weightDecay: Float(settings.weightDecay),
                gradientScale: Float(Trainer.clipScale(norm: norm, limit: settings.clip)), step: index + 1),
            workers: student.workers)
        let record = PretrainingStep(
            step: index + 1, loss: value, lmLoss: found[0].likelihood, kdLoss: found[0].distillation,
            textLoss: losses.count > 1 ? losses[1] : nil, alpha: alpha, learningRate: rate, gradientNorm: norm,
            tokens: batches.joined().reduce(0) { $0 + $1.positions })
        log.append(record)
        return record
    }

    /// Adds the gradients of a batch. Returns the mean of both losses over its tokens, that of the distributions nil where α is 0.
    private func accumulate(
        _ batch: [EncodedText], of term: Term, alpha: Double
    ) throws -> (likelihood: Double, distillation: Double?) {
        let divisor = Double(batch.reduce(0) { $0 + $1.positions })
        var (likelihood, distillation) = (0.0, 0.0)
        // A distribution over a whole vocabulary takes as much memory as a row's activations, or more.
        let most = alpha > 0 ? Self.mostEntries / max(1, term.knowledge?.mostTokens ?? 1) : settings.rowsPerPass
        for part in batch.passes(of: max(1, min(settings.rowsPerPass, most)), \.rows) {
            let trees = part.map(\.tree)
            guard alpha > 0, let knowledge = term.knowledge else {
                let found = try pass.forward(trees)
                likelihood -= found.joined().joined().reduce(0) { $0 + Double($1) }
                try pass.backward(trees.map { _ in [Float(-term.weight * (1 - alpha) / divisor)] })
                continue
            }
            let teacher = try knowledge.distributions(of: Array(part))
            try check(teacher, part)
            let found = try pass.forward(
                trees, support: TokenSupport(starts: teacher.starts, ids: teacher.ids), temperature: settings.studentTemperature)
            likelihood -= found.tokens.reduce(0) { $0 + Double($1) }
            let compared = compare(
                teacher, found.support, by: term.loss, factor: term.weight * alpha * settings.distillationScale / divisor)
            distillation += compared.value
            try pass.backward(trees.map { _ in Float(-term.weight * (1 - alpha) / divisor) }, support: compared.derivatives)
        }
        return (likelihood / divisor, alpha > 0 && term.knowledge != nil ? distillation / divisor : nil)
    }

    /// The sum of the losses of all positions, and `factor` times their derivatives by the student's log-probabilities.
    private func compare(
        _ teacher: TokenDistributions, _ student: [Float], by loss: any DistributionLoss, factor: Double
    ) -> (value: Double, derivatives: [Float]) {
        var value = 0.0
        var derivatives: [Float] = []
        derivatives.reserveCapacity(student.count)
        for position in 0..<teacher.count {
            let entries = teacher.entries(at: position)
            let known = teacher.logProbabilities(at: position, temperature: settings.teacherTemperature)
            var slopes = [Double](repeating: 0, count: entries.count)
            value += loss(teacher: known, student: student[entries].map(Double.init), derivatives: &slopes)
            derivatives += slopes.map { Float(factor * $0) }
        }
        return (value, derivatives)
    }

    /// Throws `TrainingError.knowledge` if the teacher's tokens go beyond the student's table.
    private func check(_ teacher: TokenDistributions, _ texts: ArraySlice<EncodedText>) throws {
        let size = student.configuration.vocabularySize
        guard let id = teacher.ids.first(where: { $0 >= size }) else { return }
        let names = texts.count == 1 ? texts[texts.startIndex].id : "\(texts[texts.startIndex].id) to \(texts[texts.endIndex - 1].id)"
        throw TrainingError(
            .knowledge,
            "\(names): the teacher gives the id \(id) a probability, and the student's table has \(size) rows; take a student with as many as the teacher"
        )
    }

    /// The largest possible pass: the longest texts of a batch until a pass is full, the one that fills it included.
    private static func largestPass(_ texts: [EncodedText], _ settings: PretrainingSettings) -> [(prompt: Int, completions: [Int])] {
        var (pass, rows): ([EncodedText], Int) = ([], 0)
        for text in texts.sorted(by: { $0.rows > $1.rows }).prefix(settings.batchSize) where rows < settings.rowsPerPass {
            pass.append(text)
            rows += text.rows
        }
        return pass.map { ($0.promptCount, [$0.positions]) }
    }
}

extension TokenDistributions {
    /// log F at a position: the log-softmax of the kept tokens' logits over a temperature; log-probabilities are logits but for a constant.
    package func logProbabilities(at position: Int, temperature: Double) -> [Double] {
        let scaled = logProbabilities[entries(at: position)].map { Double($0) / temperature }
        let peak = scaled.max() ?? 0
        let total = peak + Foundation.log(scaled.reduce(0) { $0 + exp($1 - peak) })
        return scaled.map { $0 - total }
    }
}

// MARK: Checkpoints

private struct PretrainingHeader: StateHeader {
    var fingerprint: String
    var count: Int
    var digest: String? = "sha256"
    /// Steps done.
    var log: [PretrainingStep]
}

extension PretrainingTrainer {
    /// Trains to the end from the restored state.
    ///
    /// The state is saved every `seconds`, and when `afterStep` throws, which stops the training and is rethrown. The file is kept at
    /// the end; the caller removes it.
    package func run(state file: URL, every seconds: Double, afterStep: (PretrainingStep) throws -> Void) throws {
        var saved = ContinuousClock.now
        while !isDone {
            try step()
            if let heldOut, heldOut.looks(after: log.count, of: totalSteps) { log[log.count - 1].heldOutLoss = try heldOut(student) }
            do {
                try afterStep(log[log.count - 1])
            } catch {
                try save(to: file)
                throw error
            }
            if !isDone, saved.duration(to: .now) >= .seconds(seconds) {
                try save(to: file)
                saved = .now
            }
        }
    }

    private func state(_ file: URL) -> StateFile {
        StateFile(url: file, blocks: [student.trainable.buffer, moments.first.buffer, moments.second.buffer])
    }

    /// Writes the state atomically. Throws `RecordError.unwritable`.
    package func save(to file: URL) throws {
        try state(file).write(PretrainingHeader(fingerprint: fingerprint, count: student.trainable.buffer.count, log: log))
    }

    /// Restores the state from `file`; returns false if there is no such file.
    ///
    /// Throws `TrainingError.foreignCheckpoint` if it belongs to a training of other texts, weights, knowledge or settings, or is damaged.
    @discardableResult
    package func restore(from file: URL) throws -> Bool {
        guard let header = try state(file).read(PretrainingHeader.self, fingerprint: fingerprint) else { return false }
        log = header.log
        return true
    }
}
