import PladRecords

/// The settings of one training phase.
package struct TrainingSettings: Codable, Sendable, Hashable {
    /// Number of optimiser steps; nil to derive it from `epochs`.
    package var steps: Int?
    /// Number of passes over all pairs, if `steps` is nil; the last batch may reach into the next pass.
    package var epochs: Double
    /// Number of pairs in an optimiser step.
    package var batchSize: Int
    package var learningRate: Double
    package var schedule: Schedule
    package var weightDecay: Double
    /// Largest L2 norm of the gradient; larger ones are clipped. 0 for no clipping.
    package var clip: Double
    package var norm: Norm
    package var seed: UInt64
    /// Largest number of rows in one pass: a larger batch is accumulated over several passes. Bounds memory.
    package var rowsPerPass: Int
    /// Reaction to a collapsed ranking.
    package var onCollapse: CollapseAction

    package init(
        steps: Int? = nil, epochs: Double = 1, batchSize: Int = 32, learningRate: Double = 1e-5, schedule: Schedule = Schedule(),
        weightDecay: Double = 0, clip: Double = 1, norm: Norm = .sum, seed: UInt64 = 0, rowsPerPass: Int = 2048,
        onCollapse: CollapseAction = .off
    ) {
        self.steps = steps
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.schedule = schedule
        self.weightDecay = weightDecay
        self.clip = clip
        self.norm = norm
        self.seed = seed
        self.rowsPerPass = rowsPerPass
        self.onCollapse = onCollapse
    }

    /// The number of optimiser steps over `pairs` pairs.
    package func stepCount(pairs: Int) -> Int {
        steps ?? Int((epochs * Double(pairs) / Double(batchSize)).rounded(.up))
    }

    /// Throws `TrainingError.setting` with the first setting out of range.
    package func validate() throws {
        func require(_ holds: Bool, _ what: String) throws {
            guard holds else { throw TrainingError(.setting, what) }
        }
        try require((1...1 << 20).contains(batchSize), "`batch_size` \(batchSize): give 1 to \(1 << 20) pairs")
        try require(steps.map { $0 >= 0 } ?? true, "`steps` \(steps ?? 0): the number of steps cannot be negative")
        try require((0...1e6).contains(epochs), "epochs \(epochs): give 0 to a million passes")
        try require(learningRate >= 0 && learningRate.isFinite, "`learning_rate` \(learningRate): give a number of 0 or more")
        try require(weightDecay >= 0 && weightDecay.isFinite, "`weight_decay` \(weightDecay): give a number of 0 or more")
        try require(clip >= 0, "`clip` \(clip): give the largest gradient norm, or 0 for none")
        try require((0...1).contains(schedule.warmUp), "`learning_rate_warm_up` \(schedule.warmUp): give a share of the steps, 0 to 1")
        try require(rowsPerPass > 0, "`rows_per_pass` \(rowsPerPass): give at least 1")
    }
}
