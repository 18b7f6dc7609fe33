package import Foundation
import PladRecords
package import PladStudent
package import PladTraining

/// Calibrates the student's sequence likelihood on a round's pairs, from the weights that drew the samples.
///
/// Reads pairs.jsonl and the round's student; writes checkpoints/round-N and its part of log.jsonl. If there are too few pairs (a
/// student that has learned everything repeats the teacher's text), it writes nothing, and the student stays unchanged.
package struct RankStage {
    let run: Run
    let round: Int

    package init(run: Run, round: Int) {
        self.run = run
        self.round = round
    }

    /// - Returns: true if there were enough pairs, and so a student of this round.
    @discardableResult
    package func callAsFunction() throws -> Bool {
        let folder = run.folder
        let name = "round-\(round)"
        if folder.holdsStudent(folder.checkpoint(name)) {
            run.observer.doneBefore(name)
            return true
        }
        try folder.require(folder.pairs, madeBy: "pair")
        let pairs = try JSONLines.read(PreferencePair.self, from: folder.pairs).filter { $0.round == round }
        let resolved = try run.settings.ranking.resolvedLoss
        let (ranked, wanted) = (pairs.count(where: \.ranks), run.settings.pairing.minPairs)
        if resolved.type.ranks, ranked < wanted {
            let what = ranked == 0 ? "there is no pair to rank" : "\(ranked) pairs are fewer than the \(wanted) of `pairing.min_pairs`"
            run.observer.notice(name, "\(what): nothing is ranked, and the student stays as it is")
            return false
        }
        try folder.requireIntact(folder.sampler(round: round))
        let student = try Student(folder: folder.sampler(round: round), threads: run.settings.student.threads ?? 1)
        try run.settings.adapter.attach(to: student, seed: run.settings.run.seed)
        let settings = run.settings.rankingTraining(parameters: student.trainableCount, norm: resolved.norm)
        let groups = try encode(pairs, student, for: resolved.loss)
            .prepared(for: resolved.type, student: student, references: folder.references(name), observer: run.observer)
        try TrainingPhase(run: run, name: name, loss: resolved.loss, settings: settings).train(student, on: groups)
        return true
    }

    /// The pairs that the loss learns from: one without a rejected side is useless for a loss without a likelihood term.
    private func encode(_ pairs: [PreferencePair], _ student: Student, for loss: any Loss) throws -> [EncodedGroup] {
        let encoder = PairEncoder(student: student)
        let keeps = loss.likelihoodWeight(Candidate(score: 0)) > 0
        return try pairs.filter { $0.ranks || keeps }.map { pair in
            switch try encoder.encode(pair, id: pair.id ?? "", ranks: type(of: loss).ranks && pair.ranks, stage: .train) {
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
    /// The pairs in the form that a loss reads, with references if it needs them: `student` is the one before the training.
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
