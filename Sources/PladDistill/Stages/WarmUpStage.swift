import Foundation
import PladRecords
import PladStudent
import PladTraining

/// Fine-tunes the student on the teacher's text: the start of the ranking, and by itself the baseline that it must beat.
///
/// Reads teacher.jsonl; writes checkpoints/warm-up and its part of log.jsonl.
package struct WarmUpStage {
    let run: Run

    package init(run: Run) { self.run = run }

    package func callAsFunction() async throws {
        let folder = run.folder
        guard !folder.holdsStudent(folder.checkpoint("warm-up")) else { return run.observer.doneBefore("warm-up") }
        try folder.require(folder.teacher, madeBy: "teach")
        let student = try Student(at: try run.student, threads: run.settings.student.threads ?? 1)
        try run.settings.adapter.attach(to: student, seed: run.settings.run.seed)
        let (answers, unfit) = try await run.trainingAnswers()
        let (pairs, drops) = try encode(answers, student)
        if !unfit.isEmpty {
            run.observer.notice("warm-up", "\(unfit.count) of the teacher's completions are left out: \(unfit.countsByReason)")
        }
        try folder.record(unfit + drops) { $0.stage == .warmUp }
        let heldOut = HeldOutLoss(try heldOut(student))
        let before = try heldOut(student)
        let settings = run.settings.warmUpTraining(parameters: student.trainableCount)
        try TrainingPhase(run: run, name: "warm-up", loss: LikelihoodLoss(), settings: settings)
            .train(student, on: pairs, heldOut: heldOut)
        if let before, let after = try heldOut(student) { warn(before: before, after: after, settings.stepCount(pairs: pairs.count)) }
    }

    /// Largest number of held-out texts whose loss is measured during training.
    private static let heldOutTexts = 32

    private func heldOut(_ student: Student) throws -> [EncodedGroup] {
        guard run.choosing.split == .valid else { return [] }
        return try HeldOutTexts(choosingIn: run).items(for: student, sharesTokens: true).items.prefix(Self.heldOutTexts).map {
            EncodedGroup(id: $0.prompt.id, prompt: $0.ids, chosen: $0.completions[0])
        }
    }

    /// Warns if the training did not lower the loss on held-out texts.
    private func warn(before: Double, after: Double, _ steps: Int) {
        let numbers = String(format: "%.3f nats per token of held-out text before, %.3f after %d steps", before, after, steps)
        guard after > 0.98 * before else { return run.observer.notice("warm-up", numbers) }
        run.observer.notice(
            "warm-up",
            "\(numbers): hardly anything that it learnt carries over; give more prompts, more `warm_up.epochs`, or a higher `warm_up.learning_rate`"
        )
    }

    private func encode(_ answers: [TeacherCompletion], _ student: Student) throws -> ([EncodedGroup], [Drop]) {
        let encoder = PairEncoder(student: student)
        let prompts = Dictionary(uniqueKeysWithValues: run.prompts(.train).map { ($0.id, $0) })
        var (pairs, drops): ([EncodedGroup], [Drop]) = ([], [])
        for answer in answers {
            guard let prompt = prompts[answer.id] else {
                throw RecordError(
                    .malformed,
                    "\(run.folder.teacher.path) answers \(answer.id), which is not in prompts.jsonl; remove the file and ask again"
                )
            }
            let (text, ids) = try run.wording.student(prompt, student.tokenizer)
            let pair = PreferencePair(
                sample: answer.sample, prompt: text, chosen: answer.text, promptIDs: ids, chosenIDs: encoder.ids(of: answer))
            switch try encoder.encode(pair, id: answer.id, ranks: false, stage: .warmUp) {
            case .usable(let encoded): pairs.append(encoded)
            case .dropped(let drop): drops.append(drop)
            }
        }
        return (pairs, drops)
    }
}
