import PladRecords
package import PladStudent
package import PladTensor

/// Trains a critic to value the teacher's completion of a prompt above the student's: −log σ(v(teacher) − v(sample)), the mean over all
/// samples of a batch's prompts (Bradley and Terry 1952).
///
/// What each step reads follows from the settings' seed and the step. The gradient's norm is cut with the head's in it.
package final class CriticTrainer {
    /// A prompt's texts: the teacher's first, then samples of the student that say something else.
    package typealias Group = PromptTree

    package let critic: Critic
    package let totalSteps: Int
    package private(set) var stepsDone = 0
    private let groups: [Group]
    private let settings: TrainingSettings
    private let gradients: Weights
    private let headGradient: AlignedBuffer
    private let moments: (first: Weights, second: Weights)
    private let headMoments: (first: AlignedBuffer, second: AlignedBuffer)
    private let pass: GradientPass
    private var order: BatchOrder

    /// Throws `TrainingError` when a setting is out of range, or no group has two texts.
    package init(_ critic: Critic, groups: [Group], settings: TrainingSettings) throws {
        try settings.validate()
        let groups = groups.filter { $0.continuations.count > 1 }
        guard !groups.isEmpty else { throw TrainingError(.noPairs, "critic: no sample says anything else than the teacher") }
        let student = critic.student
        try student.makeTrainable()
        self.critic = critic
        self.groups = groups
        self.settings = settings
        totalSteps = settings.stepCount(pairs: groups.count)
        gradients = Weights(like: student.trainable)
        moments = (Weights(like: student.trainable), Weights(like: student.trainable))
        headGradient = AlignedBuffer(count: critic.head.count)
        headMoments = (AlignedBuffer(count: critic.head.count), AlignedBuffer(count: critic.head.count))
        pass = GradientPass(student: student, gradients: gradients)
        order = BatchOrder(count: groups.count, batchSize: settings.batchSize, seed: settings.seed, phase: "critic")
    }

    package var isDone: Bool { stepsDone >= totalSteps }

    /// Takes one optimiser step.
    ///
    /// - Returns: the loss before it, and the share of pairs whose teacher's text had the higher value.
    ///
    /// Throws `TrainingError.diverged`, the weights untouched by the step, when loss or gradient is not finite.
    package func step() throws -> (loss: Double, rankedRight: Double) {
        let batch = order.batch(at: stepsDone).map { groups[$0] }
        let (sum, right) = try accumulate(batch)
        let count = Double(Self.pairCount(batch))
        let workers = critic.student.workers
        let norm = (sumOfSquares(gradients.buffer, workers: workers) + sumOfSquares(headGradient, workers: workers)).squareRoot()
        guard sum.isFinite, norm.isFinite else {
            throw TrainingError(.diverged, "critic, step \(stepsDone + 1): the loss is \(sum / count) and the gradient's norm \(norm)")
        }
        let rate = settings.learningRate * settings.schedule.factor(step: stepsDone, of: totalSteps)
        let parameters = AdamWParameters(
            learningRate: Float(rate), weightDecay: Float(settings.weightDecay),
            gradientScale: Float(Trainer.clipScale(norm: norm, limit: settings.clip)), step: stepsDone + 1)
        adamW(
            weights: critic.student.trainable.buffer, gradients: gradients.buffer, firstMoments: moments.first.buffer,
            secondMoments: moments.second.buffer, parameters: parameters, workers: workers)
        adamW(
            weights: critic.head, gradients: headGradient, firstMoments: headMoments.first, secondMoments: headMoments.second,
            parameters: parameters, workers: workers)
        stepsDone += 1
        return (sum / count, right / count)
    }

    private static func pairCount(_ batch: [Group]) -> Int { batch.reduce(0) { $0 + $1.continuations.count - 1 } }

    /// Computes the gradients of a batch's mean loss. Returns the sum of its losses and how many pairs are ranked right; a tie counts half.
    package func accumulate(_ batch: [Group]) throws -> (loss: Double, right: Double) {
        clear(gradients.buffer, workers: critic.student.workers)
        clear(headGradient, workers: critic.student.workers)
        let share = 1 / Double(Self.pairCount(batch))
        var (loss, right) = (0.0, 0.0)
        // One row more for each text: its last token's.
        for part in batch.passes(of: settings.rowsPerPass, { $0.rows + $0.continuations.count }) {
            let rows = try pass.lastRows(of: Array(part))
            var dRows: [[[Float]]] = []
            for rows in rows {
                let values = rows.map { critic.value(of: $0) }
                var dValues = [Double](repeating: 0, count: values.count)
                for other in 1..<values.count {
                    let gap = values[0] - values[other]
                    let pair = LossValue.logistic(gap, slope: 1)
                    loss += pair.value
                    right += gap > 0 ? 1 : gap == 0 ? 0.5 : 0
                    dValues[0] += share * pair.gradients[0]
                    dValues[other] += share * pair.gradients[1]
                }
                for (row, d) in zip(rows, dValues) {
                    for index in row.indices { headGradient.pointer[index] += Float(d) * row[index] }
                }
                dRows.append(dValues.map { d in (0..<critic.head.count).map { Float(d) * critic.head.pointer[$0] } })
            }
            try pass.backward(lastRows: dRows)
        }
        return (loss, right)
    }

    /// The gradients of the last `accumulate`: of what is trained of the student, and of the head.
    package var lastGradients: (weights: Weights, head: AlignedBuffer) { (gradients, headGradient) }

    /// Sets the critic's bias so that the teacher's completions have 0 on average. Call it when the training is done.
    package func settle() throws {
        critic.bias = 0
        var sum = 0.0
        for group in groups {
            sum += try critic.values(of: [PromptTree(prompt: group.prompt, continuations: [group.continuations[0]])])[0][0]
        }
        critic.bias = -sum / Double(groups.count)
    }
}
