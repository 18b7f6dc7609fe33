import Foundation
import PladRecords
import PladStudent
import PladTraining

/// Calibrates the student's sequence likelihood on a round's pairs, from the weights that drew the samples.
///
/// Reads pairs.jsonl and the round's student; writes checkpoints/round-N, its part of log.jsonl and, after the last
/// round, student/.
struct RankStage {
    let run: Run
    let round: Int

    func callAsFunction() throws {
        let folder = run.folder
        let options = run.options
        let name = "round-\(round)"
        if folder.holdsStudent(folder.checkpoint(name)) {
            Console.stage(name, "done before")
        } else {
            try folder.require(folder.pairs, madeBy: "pair")
            let student = try Student(folder: folder.sampler(round: round), threads: options.student.threads ?? 1)
            try options.adapter.attach(to: student, seed: options.run.seed)
            let resolved = try options.ranking.loss.resolved()
            let settings = try options.ranking.optimiser.settings(
                steps: nil, epochs: options.ranking.epochs, norm: resolved.norm, seed: options.run.seed,
                parameters: student.trainableCount, guard: options.ranking.guard)
            let groups = try encode(student, ranks: resolved.type.ranks)
                .prepared(for: resolved.type, student: student, references: folder.references(name))
            try TrainingPhase(run: run, name: name, loss: resolved.loss, settings: settings).train(student, on: groups)
        }
        guard round == options.ranking.rounds, !folder.holdsStudent(folder.student) else { return }
        let student = try Student(folder: folder.checkpoint(name), threads: 1)
        try student.save(to: folder.student, as: try choice(options.student.dtype, "dtype"))
    }

    private func encode(_ student: Student, ranks: Bool) throws -> [EncodedGroup] {
        let encoder = PairEncoder(student: student)
        return try JSONLines.read(PreferencePair.self, from: run.folder.pairs).filter { $0.round == round }.map { pair in
            switch try encoder.encode(pair, id: pair.id ?? "", ranks: ranks, stage: .train) {
            case .usable(let encoded): return encoded
            case .dropped(let drop):
                throw RecordError(
                    .malformed,
                    "\(run.folder.pairs.path): the pair of \(drop.id) cannot be used (\(drop.detail)); remove the file and run plad pair again"
                )
            }
        }
    }
}

extension [EncodedGroup] {
    /// These pairs as a loss reads them, with references where it asks for them: `student` is the one before the training.
    func prepared(for loss: any Loss.Type, student: Student, references: URL) throws -> [EncodedGroup] {
        let groups = arranged(for: loss)
        guard loss.reads.contains(.reference) else { return groups }
        var progress = Progress("reference", of: groups.count, "prompts")
        let filled = try ReferenceFile(references).fill(groups, by: student) { done in
            progress.update(done)
            try Interruption.check()
        }
        progress.finish()
        return filled
    }
}
