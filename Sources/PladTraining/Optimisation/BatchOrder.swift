import PladRecords

/// The order of pairs: epoch after epoch, every pair once, in a new random order for each epoch.
///
/// The order depends only on the seed, the phase and the epoch, so that a resumed run needs only the step number. A batch may span two
/// epochs; no pair is left out at an epoch's end.
package struct BatchOrder: Sendable {
    private let count: Int
    private let batchSize: Int
    private let seed: UInt64
    private let phase: String
    private var epoch = -1
    private var permutation: [Int] = []

    package init(count: Int, batchSize: Int, seed: UInt64, phase: String) {
        precondition(count > 0 && batchSize > 0, "a batch of \(batchSize) from \(count) pairs")
        self.count = count
        self.batchSize = batchSize
        self.seed = seed
        self.phase = phase
    }

    /// The indices of the pairs in the batch of a step, counted from 0.
    package mutating func batch(at step: Int) -> [Int] {
        (step * batchSize..<(step + 1) * batchSize).map { position in
            if position / count != epoch {
                epoch = position / count
                var generator = SeededGenerator(seed: seed, "order", phase, String(epoch))
                permutation = Array(0..<count)
                permutation.shuffle(using: &generator)
            }
            return permutation[position % count]
        }
    }
}
