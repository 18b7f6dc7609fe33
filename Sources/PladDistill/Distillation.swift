public import Foundation
public import PladRecords
import PladReport

/// The loop: asks the teacher, warms the student up on its text, then round by round samples, pairs and ranks, then evaluates and
/// reports.
///
/// Results are written to the run's folder as they are made. A distillation with the same settings continues where an earlier one
/// stopped, whatever the cause; a cancelled task stops without loss, with `CancellationError`.
public struct Distillation: Sendable {
    /// Run with its folder and settings.
    package let run: Run

    /// Starts a run, or opens the one in the settings' folder.
    ///
    /// Throws `SettingError` for an invalid setting, `RunError` if the folder holds something else, and errors with the path for
    /// prompts and students that cannot be read.
    public init(_ settings: DistillSettings, observer: any RunObserver = SilentObserver()) throws {
        run = try Run(settings, observer: observer)
    }

    /// Folder of the best student, a Hugging Face model folder, after the run.
    public var student: URL { run.folder.student }

    /// Report page of the run, after the run.
    public var report: URL { run.folder.report }

    /// Runs every stage that is not done yet.
    ///
    /// - Returns: the students' measures on the held-out prompts; nil if none are held out.
    @discardableResult
    public func callAsFunction() async throws -> Evaluation? {
        try await run.timed("teach") { try await TeachStage(run: run)() }
        try await run.timed("warm-up") { try await WarmUpStage(run: run)() }
        return try await run.rank()
    }

    /// The held-out measures of an evaluation's students as a table for a terminal of 100 columns.
    public static func table(of evaluation: Evaluation) -> String { ClosingTable.render(evaluation: evaluation) }
}

extension Run {
    /// Runs the stages after the warm-up, up to the report.
    func rank() async throws -> Evaluation? {
        for round in 1...settings.ranking.rounds {
            try await timed("sample") { try SampleStage(run: self, round: round)() }
            try await timed("pair") { try await PairStage(run: self, round: round)() }
            if round == 1 { try await fillUpPairs() }
            guard try await timed("train", { try RankStage(run: self, round: round)() }) else { break }
        }
        try await timed("choose") { try await ChooseStage(run: self)() }
        let evaluation = try await timed("evaluate") { try await EvaluateStage(run: self)() }
        try ReportStage(run: self)()
        return evaluation
    }

    /// Asks further prompts until there are as many pairs as the settings want, or no prompt is left. The warmed-up student is kept,
    /// trained on the first prompts' completions.
    private func fillUpPairs() async throws {
        guard let wanted = settings.prompts.pairs else { return }
        while true {
            let pairs = try JSONLines.read(PreferencePair.self, from: folder.pairs).count(where: \.ranks)
            guard pairs < wanted else { return }
            // As many completions as the missing pairs need at the rate so far.
            let usable = try JSONLines.read(TeacherCompletion.self, from: folder.teacher).count { $0.split == .train }
            let more = Int((Double((wanted - pairs) * usable) / Double(max(1, pairs))).rounded(.up))
            // First: pairs of other completions than those of teacher.jsonl would be counted after a kill.
            try FileManager.default.removeItem(at: folder.pairs)
            let isMore = try await timed("teach") { try await TeachStage(run: self).goOn(by: more) }
            try await timed("sample") { try SampleStage(run: self, round: 1)() }
            try await timed("pair") { try await PairStage(run: self, round: 1)() }
            guard isMore else {
                return observer.notice(
                    "pair", "\(pairs) pairs are all that prompts and budget give, of the \(wanted) of `prompts.pairs`")
            }
        }
    }
}
