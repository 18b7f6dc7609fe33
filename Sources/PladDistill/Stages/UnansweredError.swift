import PladRecords
import PladTeacher

/// The error for prompts without a completion, in a run that does not continue without them.
struct UnansweredError: Failure {
    let drops: [Drop]
    let wanted: Int
    let settings: TeacherSettings

    private static let inBatch = TeacherError.Code.inBatch.rawValue

    private var isOverBudget: Bool { drops.allSatisfy { $0.state == .overBudget } }
    /// Number of those in open batches, by description of the batch.
    private var inBatches: [String: Int] {
        Dictionary(drops.filter { $0.kind == Self.inBatch }.map { ($0.detail, 1) }, uniquingKeysWith: +)
    }

    var message: String {
        let others = "the other completions are kept"
        let without = "or add `teacher.skip_failed` to continue without them"
        guard inBatches.isEmpty else {
            let count = inBatches.values.reduce(0, +)
            let rest = drops.count == count ? "" : ", and \(drops.count - count) failed"
            return
                "\(count) of \(wanted) completions are in \(inBatches.keys.sorted().joined(separator: ", ")), where they are paid for\(rest); \(others): \(settings.refresh ? "leave `teacher.refresh` out and " : "")add `teacher.batch` to wait for it, free them by `BatchRun.cancel`, \(without)"
        }
        let again = "run the same command again"
        let (what, way) =
            isOverBudget
            ? (
                "are over the budget",
                settings.batch ? "raise `teacher.budget`, \(again) to submit what then fits" : "raise `teacher.budget`"
            )
            : ("failed", "\(again) to ask only these")
        return "\(drops.count) of \(wanted) completions \(what) (\(drops[0].detail)); \(others): \(way), \(without)"
    }

    var exitStatus: ExitStatus {
        drops.allSatisfy { $0.state == .overBudget || $0.kind == Self.inBatch } ? .tryAgain : .unavailable
    }
}
