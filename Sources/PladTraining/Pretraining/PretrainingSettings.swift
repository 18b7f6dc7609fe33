import PladRecords

/// The settings of a training on plain text, with or without a teacher's distributions.
package struct PretrainingSettings: Codable, Sendable, Hashable {
    /// Number of optimiser steps; nil to derive it from `epochs`.
    package var steps: Int?
    /// Number of passes over all texts, if `steps` is nil; the last batch may reach into the next pass.
    package var epochs = 1.0
    /// Number of texts in an optimiser step.
    package var batchSize = 32
    package var learningRate = Course(.constant, most: 1e-3)
    package var weightDecay = 0.0
    /// Largest L2 norm of the gradient; larger ones are clipped. 0 for no clipping.
    package var clip = 1.0
    package var seed: UInt64 = 0
    /// Largest number of rows in one pass: a larger batch is accumulated over several passes. Bounds memory.
    package var rowsPerPass = 2048
    /// Share of the distillation in the loss, from 0 to 1; the language model's has the rest.
    package var alpha = Course(.constant, most: 0)
    /// Name of the loss between the distributions.
    package var distillation = ForwardKL.name
    /// Temperature τ of the teacher's distribution, F(z) = softmax(truncate(z) / τ).
    package var teacherTemperature = 1.0
    /// Temperature of the student's distribution in the distillation.
    package var studentTemperature = 1.0
    /// Factor on the loss between the distributions; τ² where both are at τ keeps gradients of one size (Hinton et al.).
    package var distillationScale = 1.0
    /// Share of the other distribution in the skewed losses.
    package var skew = 0.1

    package init() {}

    /// The number of optimiser steps over `texts` texts.
    package func stepCount(texts: Int) -> Int { steps ?? Int((epochs * Double(texts) / Double(batchSize)).rounded(.up)) }

    /// Throws `TrainingError.setting` with the first setting out of range.
    package func validate() throws {
        func require(_ holds: Bool, _ what: String) throws {
            guard holds else { throw TrainingError(.setting, what) }
        }
        try require((1...1 << 20).contains(batchSize), "`batch_size` \(batchSize): give 1 to \(1 << 20) texts")
        try require(steps.map { $0 >= 0 } ?? true, "`steps` \(steps ?? 0): the number of steps cannot be negative")
        try require((0...1e6).contains(epochs), "`epochs` \(epochs): give 0 to a million passes")
        try require(
            learningRate.most >= 0 && learningRate.most.isFinite, "`learning_rate` \(learningRate.most): give a number of 0 or more")
        try require(weightDecay >= 0 && weightDecay.isFinite, "`weight_decay` \(weightDecay): give a number of 0 or more")
        try require(clip >= 0, "`clip` \(clip): give the largest gradient norm, or 0 for none")
        try require(rowsPerPass > 0, "`rows_per_pass` \(rowsPerPass): give at least 1")
        try require((0...1).contains(alpha.most), "`alpha` \(alpha.most): give the share of the distillation, 0 to 1")
        try require(
            DistributionLosses.names.contains(distillation),
            "`kd` \(distillation): give one of \(DistributionLosses.names.joined(separator: ", "))")
        for (name, value) in [("tau", teacherTemperature), ("student_tau", studentTemperature)] {
            try require((0.01...100).contains(value), "`\(name)` \(value): give a temperature from 0.01 to 100")
        }
        try require(distillationScale > 0 && distillationScale <= 1e6, "`kd_scale` \(distillationScale): give a number above 0")
        try require(skew > 0 && skew < 1, "`skew` \(skew): give a share above 0 and below 1")
    }
}

/// A step of a training on plain text, a line of its log.
package struct PretrainingStep: Codable, Sendable, Hashable {
    package var step: Int
    /// The loss, (1 − α) · `lm_loss` + α · scale · `kd_loss`.
    package var loss: Double
    /// Negative log-likelihood of the batch's tokens, nats a token.
    package var lmLoss: Double
    /// Mean of the loss between the distributions; nil where α is 0.
    package var kdLoss: Double?
    /// Loss of the batch of plain texts beside it, where there is one, before its weight.
    package var textLoss: Double?
    package var alpha: Double
    package var learningRate: Double
    /// L2 norm of the whole gradient before clipping.
    package var gradientNorm: Double
    /// Number of predicted tokens.
    package var tokens: Int
    /// Nats a token of the held-out texts after this step, now and then.
    package var heldOutLoss: Double?
}
