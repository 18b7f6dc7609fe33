import PladRecords
import PladStudent
import PladTensor

/// The state of a trainer that watches for collapse and can go back: the prompts to probe and the last good weights.
final class CollapseWatch {
    /// The state of the watch beside the good weights; a checkpoint holds it.
    struct State: Codable {
        /// Step after which the kept weights were good.
        var goodStep = 0
        /// Probe before the first step; nil until then.
        var start: GreedyProbe?
    }

    /// Number of prompts to probe.
    static let prompts = 16

    let limits: CollapseGuard
    let action: CollapseAction
    /// Copy of the weights after `state.goodStep`.
    let good: Weights
    var state = State()
    private let groups: [EncodedGroup]

    init(_ groups: [EncodedGroup], student: Student, totalSteps: Int, action: CollapseAction) {
        limits = CollapseGuard(totalSteps: totalSteps)
        self.action = action
        good = Weights(like: student.trainable)
        // Spread over all the prompts: neighbours are often alike.
        self.groups = stride(from: 0, to: groups.count, by: max(1, groups.count / Self.prompts)).prefix(Self.prompts).map { groups[$0] }
    }

    func probe(_ student: Student) throws -> GreedyProbe? { try student.probe(groups) }

    func keep(_ student: Student, after step: Int) {
        good.buffer.pointer.update(from: student.trainable.buffer.pointer, count: good.buffer.count)
        state.goodStep = step
    }

    func rollBack(_ student: Student) {
        student.trainable.buffer.pointer.update(from: good.buffer.pointer, count: good.buffer.count)
    }
}

extension Trainer {
    /// Takes a step and, if the training has collapsed, ends it: by going back to the good weights, or by an error.
    func guardedStep() throws {
        guard let watch else {
            try step()
            return
        }
        if log.isEmpty {
            watch.state.start = try watch.probe(student)
            watch.keep(student, after: 0)
        }
        do {
            try step()
        } catch let error as TrainingError where error.code == .diverged && watch.action == .rollback {
            return end(error.message, watch)
        }
        let last = log.count - 1
        guard let start = watch.state.start, watch.limits.looks(after: log.count) else { return }
        let probe = try watch.probe(student)
        log[last].probe = probe
        if let reason = watch.limits.reason(probe, since: start) {
            let message = "\(phase), step \(log.count): \(reason)"
            guard watch.action == .rollback else {
                throw TrainingError(
                    .collapsed,
                    "\(message); raise `lambda` or lower `learning_rate` (now \(settings.learningRate)), or give `on_collapse` rollback")
            }
            end(message, watch)
        } else {
            watch.keep(student, after: log.count)
        }
    }

    private func end(_ reason: String, _ watch: CollapseWatch) {
        watch.rollBack(student)
        collapse = "\(reason); back to the weights after step \(watch.state.goodStep)"
        guard !log.isEmpty else { return }
        log[log.count - 1].collapse = collapse
        log[log.count - 1].keptStep = watch.state.goodStep
    }
}
