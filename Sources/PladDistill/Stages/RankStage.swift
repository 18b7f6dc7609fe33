package import Foundation
import PladRecords
package import PladStudent
package import PladTraining

/// Calibrates the student's sequence likelihood on a round's pairs, from the weights that drew the samples.
///
/// Reads pairs.jsonl and the round's student; writes checkpoints/round-N, its part of log.jsonl and, after the last
/// round, student/.
package struct RankStage {
    let run: Run
    let round: Int

    package init(run: Run, round: Int) {
        self.run = run
        self.round = round
    }

    package func callAsFunction() throws {
        let folder = run.folder
        let name = "round-\(round)"
        if folder.holdsStudent(folder.checkpoint(name)) {
            run.observer.doneBefore(name)
        } else {
            try folder.require(folder.pairs, madeBy: "pair")
            let student = try Student(folder: folder.sampler(round: round), threads: run.settings.student.threads ?? 1)
            try run.settings.adapter.attach(to: student, seed: run.settings.run.seed)
            let resolved = try run.settings.ranking.resolvedLoss
            let settings = run.settings.rankingTraining(parameters: student.trainableCount, norm: resolved.norm)
            let groups = try encode(student, ranks: resolved.type.ranks)
                .prepared(for: resolved.type, student: student, references: folder.references(name), observer: run.observer)
            try TrainingPhase(run: run, name: name, loss: resolved.loss, settings: settings).train(student, on: groups)
        }
        guard round == run.settings.ranking.rounds, !folder.holdsStudent(folder.student) else { return }
        let student = try Student(folder: folder.checkpoint(name), threads: 1)
        try student.save(to: folder.student, as: run.settings.student.dtype)
    }

    private func encode(_ student: Student, ranks: Bool) throws -> [EncodedGroup] {
        let encoder = PairEncoder(student: student)
        return try JSONLines.read(PreferencePair.self, from: run.folder.pairs).filter { $0.round == round }.map { pair in
            switch try encoder.encode(pair, id: pair.id ?? "", ranks: ranks, stage: .train) {
            case .usable(let encoded): return encoded
            case .dropped(let drop):
                throw RecordError(
                    .malformed,
                    "\(run.folder.pairs.path): the pair of \(drop.id) cannot be used (\(drop.detail)); remove the file and pair again"
                )
            }
        }
    }
}

extension [EncodedGroup] {
    /// These pairs as a loss reads them, with references where it asks for them: `student` is the one before the training.
    package func prepared(
        for loss: any Loss.Type, student: Student, references: URL, observer: any RunObserver
    ) throws -> [EncodedGroup] {
        let groups = arranged(for: loss)
        guard loss.reads.contains(.reference) else { return groups }
        var meter = WorkMeter(observer, "reference", of: groups.count, "prompts")
        let filled = try ReferenceFile(references).fill(groups, by: student) { done in
            meter.advance(to: done)
            try Task.checkCancellation()
        }
        meter.end()
        return filled
    }
}
