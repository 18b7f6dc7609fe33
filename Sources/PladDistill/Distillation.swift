public import Foundation
public import PladRecords
import PladReport

/// The loop: ask the teacher, warm the student up on its text, then round by round sample, pair and rank, then evaluate and report.
///
/// Everything is written into the run's folder as it is done. A distillation with the same settings goes on where an earlier one
/// stopped, whatever stopped it; a task that is cancelled stops where nothing is lost, with `CancellationError`.
public struct Distillation: Sendable {
    /// The run's folder and its settings.
    package let run: Run

    /// Begins a run, or opens the one in the settings' folder.
    ///
    /// Throws `SettingError` for a setting that cannot be carried out, `RunError` where the folder holds something else, and errors that
    /// name the file for prompts and students that cannot be read.
    public init(_ settings: DistillSettings, observer: any RunObserver = SilentObserver()) throws {
        run = try Run(settings, observer: observer)
    }

    /// The folder of the best student: a Hugging Face model folder, once the run is done.
    public var student: URL { run.folder.student }

    /// The page that says what was run and what came of it, once the run is done.
    public var report: URL { run.folder.report }

    /// Runs every stage that is not done yet.
    ///
    /// - Returns: what the students do on the held-out prompts; nil where none are held out.
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
    /// The stages that follow the warm-up, to the report.
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

    /// Asks further prompts until there are as many pairs as the settings want, or prompts run out. The student that is warmed
    /// up stays: it has seen the answers of the first asking.
    private func fillUpPairs() async throws {
        guard let wanted = settings.prompts.pairs else { return }
        while true {
            let pairs = try JSONLines.read(PreferencePair.self, from: folder.pairs).count(where: \.ranks)
            guard pairs < wanted else { return }
            // As many answers as the missing pairs need at the rate so far.
            let usable = try JSONLines.read(TeacherAnswer.self, from: folder.teacher).count { $0.split == .train }
            let more = Int((Double((wanted - pairs) * usable) / Double(max(1, pairs))).rounded(.up))
            // First: pairs of other answers than those of teacher.jsonl would be counted after a kill.
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
