import Foundation
import PladRecords
import PladStudent
import PladTraining

/// Fine-tunes the student on the teacher's text: the start of the ranking, and alone the baseline it must beat.
///
/// Reads teacher.jsonl; writes checkpoints/warm-up and its part of log.jsonl.
struct WarmUpStage {
    let run: Run

    func callAsFunction() throws {
        let folder = run.folder
        guard !folder.holdsStudent(folder.checkpoint("warm-up")) else { return Console.stage("warm-up", "done before") }
        try folder.require(folder.teacher, madeBy: "teach")
        let student = try Student(at: try run.student, threads: run.options.student.threads ?? 1)
        try run.options.adapter.attach(to: student, seed: run.options.run.seed)
        let (pairs, drops) = try encode(try JSONLines.read(TeacherAnswer.self, from: folder.teacher), student)
        try folder.record(drops) { $0.stage == .warmUp }
        try TrainingPhase(
            run: run, name: "warm-up", loss: LikelihoodLoss(),
            settings: try settings(parameters: student.trainableCount)
        ).train(student, on: pairs)
    }

    private func settings(parameters: Int) throws -> TrainingSettings {
        let options = run.options
        var optimiser = options.ranking.optimiser
        optimiser.learningRate = options.warmUp.warmUpLearningRate ?? 10 * OptimiserOptions.defaultLearningRate(parameters: parameters)
        optimiser.schedule = options.warmUp.warmUpSchedule
        return try optimiser.settings(
            steps: nil, epochs: options.warmUp.warmUpEpochs, norm: .sum, seed: options.run.seed, parameters: parameters)
    }

    private func encode(_ answers: [TeacherAnswer], _ student: Student) throws -> ([EncodedGroup], [Drop]) {
        let encoder = PairEncoder(student: student)
        let prompts = Dictionary(uniqueKeysWithValues: run.prompts(.train).map { ($0.id, $0) })
        var (pairs, drops): ([EncodedGroup], [Drop]) = ([], [])
        for answer in answers where answer.split == .train {
            guard let prompt = prompts[answer.id] else {
                throw RecordError(
                    .malformed,
                    "\(run.folder.teacher.path) answers \(answer.id), which is not in prompts.jsonl; remove the file and run plad teach again"
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
