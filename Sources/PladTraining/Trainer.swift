package import PladRecords
package import PladStudent
import PladTensor

/// Minimises a loss over encoded pairs, one optimiser step at a time.
///
/// The state is weights, both moments and the step number: each batch follows from the seed and the step, so a trainer restored from a
/// checkpoint continues as if it had never stopped, to the byte.
package final class Trainer {
    package let student: Student
    package let settings: TrainingSettings
    /// Name of the phase in the log and in its random stream: `warm-up` or `round-N`.
    package let phase: String
    package let totalSteps: Int
    /// Steps done so far, oldest first.
    package internal(set) var log: [TrainingStep] = []
    /// Held-out loss to measure now and then, if set; the records of those steps hold it.
    package var heldOut: HeldOutLoss?
    /// Seconds of this trainer's own steps, by part.
    package private(set) var times = StepTimes()

    /// Digest that ties checkpoints to this training.
    let fingerprint: String
    private let pairs: [EncodedGroup]
    private let loss: any Loss
    private let reduction: Reduction
    private let gradients: Weights
    private let pass: GradientPass
    let moments: (first: Weights, second: Weights)
    /// Watch for collapse, if the settings ask for one.
    let watch: CollapseWatch?
    private var order: BatchOrder
    private let textTerm: TextTerm?
    private var textOrder: BatchOrder?

    /// Prepares the training. Throws `TrainingError` if a setting is out of range or there are no pairs.
    ///
    /// - Parameter textTerm: the likelihood of plain text beside the loss; each step has as many texts as pairs.
    package init(
        student: Student, pairs: [EncodedGroup], loss: any Loss, settings: TrainingSettings, phase: String, textTerm: TextTerm? = nil
    ) throws {
        try settings.validate()
        guard !pairs.isEmpty else { throw TrainingError(.noPairs, "\(phase): there are no pairs to train on") }
        try Self.check(pairs, for: type(of: loss))
        self.student = student
        self.pairs = pairs
        self.loss = loss
        self.settings = settings
        self.phase = phase
        reduction = type(of: loss).reduction
        totalSteps = settings.stepCount(pairs: pairs.count)
        let isWatched = type(of: loss).ranks && settings.onCollapse != .off
        let plan = MemoryPlan(
            student.shape, pass: Self.largestPass(pairs, textTerm, settings), threads: student.workers.threads, guarded: isWatched)
        // Weights that lie in memory are taken already; those in a file are not.
        let held = student.weights.areMapped ? 0 : plan.weights
        try plan.check(available: MemoryPlan.available().map { $0 + held })
        try student.makeTrainable()
        fingerprint = try Self.fingerprint(
            student: student, pairs: pairs, loss: loss, settings: settings, phase: phase, textTerm: textTerm)
        gradients = Weights(like: student.trainable)
        pass = GradientPass(student: student, gradients: gradients)
        moments = (Weights(like: student.trainable), Weights(like: student.trainable))
        watch = isWatched ? CollapseWatch(pairs, student: student, totalSteps: totalSteps, action: settings.onCollapse) : nil
        order = BatchOrder(count: pairs.count, batchSize: settings.batchSize, seed: settings.seed, phase: phase)
        self.textTerm = textTerm
        textOrder = textTerm.map {
            BatchOrder(count: $0.texts.count, batchSize: settings.batchSize, seed: settings.seed, phase: phase + " texts")
        }
    }

    package var isDone: Bool { log.count >= totalSteps || collapse != nil }
    /// Reason why training ended before its last step and the treatment of the weights; nil if it did not.
    package internal(set) var collapse: String?

    /// Takes one optimiser step and returns its record.
    ///
    /// Throws `TrainingError.diverged`, before the weights change, if loss or gradient is not finite.
    @discardableResult
    package func step() throws -> TrainingStep {
        let index = log.count
        let batch = order.batch(at: index).map { pairs[$0] }
        var sums = BatchSums()
        times.measure(\.optimiser) { clear(gradients.buffer, workers: student.workers) }
        let divisor = Double(reduction == .pairs ? batch.count : batch.reduce(0) { $0 + $1.chosen.count })
        for part in batch.passes(of: settings.rowsPerPass, \.rows) {
            try accumulate(part, divisor: divisor, into: &sums)
        }
        var textLoss: Double?
        if let textTerm, let texts = textOrder?.batch(at: index).map({ textTerm.texts[$0] }) {
            textLoss = try times.measure(\.backward) {
                try textTerm.accumulate(texts, rowsPerPass: settings.rowsPerPass, into: pass)
            }
            sums.loss += divisor * textTerm.weight * textLoss!
        }

        let norm = times.measure(\.optimiser) { sumOfSquares(gradients.buffer, workers: student.workers).squareRoot() }
        guard sums.loss.isFinite, norm.isFinite else {
            throw TrainingError(
                .diverged,
                "\(phase), step \(index + 1): the loss is \(sums.loss / divisor) and the gradient's norm \(norm); lower `learning_rate` (now \(settings.learningRate)) or set `clip`"
            )
        }
        let rate = settings.learningRate * settings.schedule.factor(step: index, of: totalSteps)
        let scale = Self.clipScale(norm: norm, limit: settings.clip)
        times.measure(\.optimiser) { update(learningRate: rate, gradientScale: scale) }
        var record = sums.record(
            phase: phase, step: index + 1, learningRate: rate, gradientNorm: norm, divisor: divisor, pairs: batch.count)
        record.textLoss = textLoss
        log.append(record)
        return record
    }

    /// Runs forward, loss and backward of some pairs of a batch; gradients add up.
    private func accumulate(_ part: ArraySlice<EncodedGroup>, divisor: Double, into sums: inout BatchSums) throws {
        let logProbabilities = try times.measure(\.forward) { try pass.forward(part.map(\.tree)) }
        var weights: [[Float]] = []
        for (pair, continuations) in zip(part, logProbabilities) {
            let totals = continuations.map { $0.reduce(0) { $0 + Double($1) } }
            let lengths = pair.completions.map(\.count)
            let candidates = zip(pair.candidates, totals).map { settings.norm.candidate($0, logProbability: $1) }
            let value = loss.value(of: candidates, keepsChosen: pair.keepsChosen)
            weights.append(zip(value.gradients, lengths).map { Float($0 * settings.norm.scale(tokens: $1) / divisor) })
            sums.add(value.value, totals: totals, candidates: candidates, rows: pair.rows)
        }
        try times.measure(\.backward) { try pass.backward(weights) }
    }

    private func update(learningRate: Double, gradientScale: Double) {
        adamW(
            weights: student.trainable.buffer, gradients: gradients.buffer, firstMoments: moments.first.buffer,
            secondMoments: moments.second.buffer,
            parameters: AdamWParameters(
                learningRate: Float(learningRate), weightDecay: Float(settings.weightDecay), gradientScale: Float(gradientScale),
                step: log.count + 1),
            workers: student.workers)
    }

    /// Throws `TrainingError.noPairs` with the first pair that lacks the qualities that a loss reads.
    private static func check(_ pairs: [EncodedGroup], for loss: any Loss.Type) throws {
        for pair in pairs {
            if loss.reads.contains(.quality), pair.candidates.count > 1, pair.candidates.contains(where: { $0.quality == nil }) {
                throw TrainingError(
                    .noPairs,
                    "pair \(pair.id) has no \"chosen_quality\" or no \"rejected_quality\", which the loss \(loss.name) compares; give both numbers or take another `loss`"
                )
            }
            precondition(
                !loss.reads.contains(.reference) || pair.candidates.allSatisfy { $0.reference != nil },
                "the loss \(loss.name) reads references, and pair \(pair.id) has none")
        }
    }

    /// The largest possible pass: the longest pairs of a batch until a pass is full, the one that fills it included.
    static func largestPass(
        _ pairs: [EncodedGroup], _ textTerm: TextTerm? = nil, _ settings: TrainingSettings
    ) -> [(prompt: Int, completions: [Int])] {
        let texts = (textTerm?.texts ?? []).map { EncodedGroup(id: $0.id, prompt: [$0.ids[0]], chosen: Array($0.ids.dropFirst())) }
        var (pass, rows): ([EncodedGroup], Int) = ([], 0)
        for pair in (pairs + texts).sorted(by: { $0.rows > $1.rows }).prefix(settings.batchSize) where rows < settings.rowsPerPass {
            pass.append(pair)
            rows += pair.rows
        }
        return pass.map { ($0.prompt.count, $0.completions.map(\.count)) }
    }

    /// The factor that reduces a gradient of norm `norm` to `limit`, as in torch.nn.utils.clip_grad_norm_.
    package static func clipScale(norm: Double, limit: Double) -> Double {
        limit > 0 ? min(1, limit / (norm + 1e-6)) : 1
    }
}

/// The sums for a batch's log record.
private struct BatchSums {
    var loss = 0.0
    private var chosen = 0.0
    private var rejected = 0.0
    private var tokens = (chosen: 0, rejected: 0)
    private var ranked = 0
    private var right = 0.0
    private var rows = 0

    mutating func add(_ value: Double, totals: [Double], candidates: [Candidate], rows: Int) {
        loss += value
        chosen += totals[0]
        tokens.chosen += candidates[0].tokens
        self.rows += rows
        let score = candidates[0].score
        for (total, other) in zip(totals, candidates).dropFirst() {
            rejected += total
            tokens.rejected += other.tokens
            ranked += 1
            right += score > other.score ? 1 : score == other.score ? 0.5 : 0
        }
    }

    func record(phase: String, step: Int, learningRate: Double, gradientNorm: Double, divisor: Double, pairs: Int) -> TrainingStep {
        TrainingStep(
            phase: phase, step: step, loss: loss / divisor, learningRate: learningRate, gradientNorm: gradientNorm,
            chosenLogProbability: chosen / Double(pairs), rejectedLogProbability: ranked > 0 ? rejected / Double(ranked) : nil,
            accuracy: ranked > 0 ? right / Double(ranked) : nil, tokens: rows, chosenTokens: Double(tokens.chosen) / Double(pairs),
            rejectedTokens: ranked > 0 ? Double(tokens.rejected) / Double(ranked) : nil)
    }
}
