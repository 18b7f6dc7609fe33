import Foundation
import PladRecords
import PladStudent
import PladTraining

/// Fine-tunes the student on the teacher's text: the start of the ranking, and alone the baseline it must beat.
///
/// Reads teacher.jsonl; writes checkpoints/warm-up and its part of log.jsonl.
package struct WarmUpStage {
    let run: Run

    package init(run: Run) { self.run = run }

    package func callAsFunction() throws {
        let folder = run.folder
        guard !folder.holdsStudent(folder.checkpoint("warm-up")) else { return run.observer.doneBefore("warm-up") }
        try folder.require(folder.teacher, madeBy: "teach")
        let student = try Student(at: try run.student, threads: run.settings.student.threads ?? 1)
        try run.settings.adapter.attach(to: student, seed: run.settings.run.seed)
        let (pairs, drops) = try encode(try JSONLines.read(TeacherAnswer.self, from: folder.teacher), student)
        try folder.record(drops) { $0.stage == .warmUp }
        try TrainingPhase(
            run: run, name: "warm-up", loss: LikelihoodLoss(),
            settings: run.settings.warmUpTraining(parameters: student.trainableCount)
        ).train(student, on: pairs)
    }

    private func encode(_ answers: [TeacherAnswer], _ student: Student) throws -> ([EncodedGroup], [Drop]) {
        let encoder = PairEncoder(student: student)
        let prompts = Dictionary(uniqueKeysWithValues: run.prompts(.train).map { ($0.id, $0) })
        var (pairs, drops): ([EncodedGroup], [Drop]) = ([], [])
        for answer in answers where answer.split == .train {
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
