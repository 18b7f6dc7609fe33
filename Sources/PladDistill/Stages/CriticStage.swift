package import Foundation
import PladEvaluation
package import PladRecords
import PladStudent
import PladTraining

/// Trains a round's critic: from the student that drew the round's samples, the teacher's text above each of them.
///
/// Writes checkpoints/critic-N. The critic trains with the ranking's learning rate and batch; one that was interrupted begins again, and
/// ends in the same bytes. If no sample says anything else than the teacher's text there is no critic, and nothing is ranked by one.
struct CriticStage {
    let run: Run
    let round: Int

    func callAsFunction(_ prompts: [PromptWithTexts]) throws {
        let folder = run.folder.critic(round: round)
        guard !Critic.isOne(folder) else { return run.observer.doneBefore("critic") }
        let settings = run.settings
        try run.folder.requireIntact(run.folder.sampler(round: round))
        let student = try Student(folder: run.folder.sampler(round: round), threads: settings.student.threads ?? 1)
        try settings.adapter.attach(to: student, seed: settings.run.seed)
        let groups = groups(prompts, student)
        guard groups.contains(where: { $0.continuations.count > 1 }) else {
            return run.observer.notice(
                "critic", "no sample says anything else than the teacher's text: there is nothing to train a critic on")
        }
        let critic = Critic(student: student, seed: settings.run.seed)
        let training = settings.criticTraining(parameters: student.trainableCount)
        let trainer = try CriticTrainer(critic, groups: groups, settings: training)
        var meter = WorkMeter(run.observer, "critic", of: trainer.totalSteps, "steps")
        var note = ""
        while !trainer.isDone {
            try Task.checkCancellation()
            let (loss, right) = try trainer.step()
            note = String(format: "loss %.4f  teacher above sample %.0f %%", loss, right * 100)
            meter.advance(to: trainer.stepsDone, note: note)
        }
        try trainer.settle()
        meter.end(note: note)
        try critic.save(to: folder)
        try run.folder.seal(folder)
    }

    /// Each of the teacher's completions with the prompt's samples that say something else.
    private func groups(_ prompts: [PromptWithTexts], _ student: Student) -> [CriticTrainer.Group] {
        let encoder = PairEncoder(student: student)
        return prompts.flatMap { prompt -> [CriticTrainer.Group] in
            let known = Set(prompt.answers.map { PairRules.plain($0.text) })
            let samples = prompt.samples.map(\.text).filter { !known.contains(PairRules.plain($0)) }
            return prompt.answers.compactMap { answer -> CriticTrainer.Group? in
                let texts = ([answer.text] + samples).map { encoder.encodeCompletion($0, isWhole: true) }
                let fitting = texts.filter { !$0.isEmpty && student.configuration.fits(prompt: prompt.ids.count, completion: $0.count) }
                guard fitting.first == texts[0], !prompt.ids.isEmpty else { return nil }
                return CriticTrainer.Group(prompt: prompt.ids, continuations: fitting)
            }
        }
    }
}

/// The value that a critic gives completions, as a number between 0 and 1: 0.5 is what the teacher's completions have on average.
package final class CriticQuality: Quality, @unchecked Sendable {
    package let needsTeacher = false
    private let critic: Critic
    private let encoder: PairEncoder
    /// The ids of a prompt as the student continues it.
    private let ids: (Prompt) throws -> [TokenID]
    /// Guards `critic`, which has a single owner.
    private let lock = NSLock()

    init(_ critic: Critic, wording: PromptWording) {
        self.critic = critic
        encoder = PairEncoder(student: critic.student)
        ids = { [tokenizer = critic.student.tokenizer] in try wording.student($0, tokenizer).ids }
    }

    /// The critic in a folder, for prompts that it continues as they are. Throws what `Critic` throws.
    package init(folder: URL, threads: Int) throws {
        let critic = try Critic(folder: folder, threads: threads)
        let encoder = PairEncoder(student: critic.student)
        (self.critic, self.encoder) = (critic, encoder)
        ids = { encoder.encodePrompt($0.text ?? "") }
    }

    /// A completion that is empty or does not fit the context has 0.
    package func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) throws -> [Double]? {
        let ids = try ids(prompt)
        guard !ids.isEmpty else { return nil }
        let texts = candidates.map { encoder.encodeCompletion($0, isWhole: true) }
        let usable = texts.indices.filter {
            !texts[$0].isEmpty && critic.student.configuration.fits(prompt: ids.count, completion: texts[$0].count)
        }
        guard !usable.isEmpty else { return candidates.map { _ in 0 } }
        let values = try lock.withLock { try critic.values(of: [PromptTree(prompt: ids, continuations: usable.map { texts[$0] })])[0] }
        var scores = candidates.map { _ in 0.0 }
        for (index, value) in zip(usable, values) { scores[index] = 1 / (1 + exp(-value)) }
        return scores
    }
}

extension Run {
    /// The quality by which a round's pairs are made: the round's critic, or what measures students.
    func pairQuality(round: Int) throws -> RunQuality {
        guard settings.quality.by == .critic else { return try quality }
        let place = folder.critic(round: round)
        guard Critic.isOne(place) else { return RunQuality(.critic, UnknownQuality()) }
        try folder.requireIntact(place)
        let critic = try Critic(folder: place, threads: settings.student.threads ?? 1)
        return RunQuality(.critic, CriticQuality(critic, wording: wording))
    }
}

/// The quality of a round without a critic: none is known of any prompt.
private struct UnknownQuality: Quality {
    let needsTeacher = false

    func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) -> [Double]? { nil }
}
