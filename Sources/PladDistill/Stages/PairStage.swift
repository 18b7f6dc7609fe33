import Foundation
import PladEvaluation
import PladRecords
import PladStudent
import PladTraining

/// Builds the preference pairs of a round.
///
/// Either the teacher's text is chosen and the student's sample of the same prompt rejected, without annotation (PLaD, arXiv
/// 2406.02886, section 3): `TeacherPairs`. Or samples are ranked among themselves by quality: `SamplePairs`. Reads teacher.jsonl and
/// samples.jsonl; writes pairs.jsonl and its drops.
package struct PairStage {
    let run: Run
    let round: Int

    package init(run: Run, round: Int) {
        self.run = run
        self.round = round
    }

    package func callAsFunction() async throws {
        let folder = run.folder
        let earlier = Files.exists(folder.pairs) ? try JSONLines.read(PreferencePair.self, from: folder.pairs) : []
        guard !earlier.contains(where: { $0.round == round }) else { return run.observer.doneBefore("pair") }
        let start = ContinuousClock.now
        try folder.require(folder.samples, madeBy: "sample")
        let student = try Student(folder: folder.sampler(round: round), threads: run.settings.student.threads ?? 1)
        let (pairs, drops) = try await build(student)
        try folder.record(drops) { $0.stage == .pair && $0.round == round }
        try JSONLines.write(earlier + pairs, to: folder.pairs)
        let ranked = pairs.count(where: \.ranks)
        run.observer.done(
            "pair", "\(ranked) pairs to rank, \(pairs.count - ranked) that only keep the chosen text likely, \(drops.count) not ranked",
            since: start)
    }

    private func build(_ student: Student) async throws -> (pairs: [PreferencePair], drops: [Drop]) {
        let prompts = try await promptsWithSamples(student)
        if run.settings.quality.by == .critic { try CriticStage(run: run, round: round)(prompts) }
        let settings = run.settings.pairing
        var (pairs, drops): ([PreferencePair], [Drop]) = ([], [])
        if settings.rank != .samples {
            (pairs, drops) = try await TeacherPairs(run: run, round: round, student: student)(prompts.filter { !$0.answers.isEmpty })
        }
        if settings.rank != .teacher {
            let (samplePairs, sampleDrops) = try await SamplePairs(run: run, round: round, student: student)(prompts)
            (pairs, drops) = (pairs + samplePairs, drops + sampleDrops)
        }
        return (pairs, drops)
    }

    /// The prompts that have samples of this round, with the completions of teacher and student.
    private func promptsWithSamples(_ student: Student) async throws -> [PromptWithTexts] {
        let folder = run.folder
        let answers = Dictionary(grouping: try await run.trainingAnswers().answers, by: \.id)
        let samples = Dictionary(
            grouping: try JSONLines.read(StudentSample.self, from: folder.samples).filter { $0.round == round },
            by: \.id)
        return try run.sampledPrompts.compactMap { split, prompt in
            guard let samples = samples[prompt.id] else { return nil }
            let answers = split == .train ? answers[prompt.id] ?? [] : []
            guard !answers.isEmpty || run.settings.pairing.rank != .teacher else { return nil }
            let (text, ids) = try run.wording.student(prompt, student.tokenizer)
            return PromptWithTexts(prompt: prompt, split: split, text: text, ids: ids, answers: answers, samples: samples)
        }
    }
}

/// A prompt with the completions of teacher and student.
struct PromptWithTexts {
    var prompt: Prompt
    /// Split of the prompt: `train`, or `unpaid` if it was never sent to the teacher.
    var split: Split
    /// Text that the student continues, and its ids.
    var text: String
    var ids: [TokenID]
    var answers: [TeacherCompletion]
    var samples: [StudentSample]

    /// Makes a pair of this prompt. Qualities are those of the sides.
    func pair(
        _ round: Int, sample: Int?, chosen: (text: String, ids: [TokenID], quality: Double?),
        rejected: (text: String, ids: [TokenID], quality: Double?)?
    ) -> PreferencePair {
        PreferencePair(
            id: prompt.id, round: round, sample: sample, prompt: text, chosen: chosen.text, rejected: rejected?.text, promptIDs: ids,
            chosenIDs: chosen.ids, rejectedIDs: rejected?.ids, chosenQuality: chosen.quality, rejectedQuality: rejected?.quality)
    }

    func drop(_ round: Int, sample: Int?, _ state: Drop.State, _ detail: String) -> Drop {
        Drop(stage: .pair, id: prompt.id, split: split, round: round, sample: sample, state: state, detail: detail)
    }
}

extension PreferencePair {
    /// The pair without its rejected side, which only keeps the chosen one likely; nil if that cannot be trained on either.
    func keeping(_ encoder: PairEncoder) throws -> PreferencePair? {
        var pair = self
        (pair.rejected, pair.rejectedIDs, pair.rejectedQuality) = (nil, nil, nil)
        guard case .usable = try encoder.encode(pair, id: pair.id ?? "", ranks: false, stage: .pair) else { return nil }
        return pair
    }

    /// The sides as inputs of the rules; the metric is the share of `facts` that a side keeps.
    func sides(_ facts: [String], _ likeness: SimilarityMetric, similarity: Double) -> PairSides {
        let (chosen, rejected) = (chosen ?? "", rejected ?? "")
        func share(_ text: String) -> Double { Double(Facts.kept(facts, in: text)) / Double(facts.count) }
        return PairSides(
            chosen: chosen, rejected: rejected, chosenTokens: chosenIDs?.count ?? 0, rejectedTokens: rejectedIDs?.count ?? 0,
            similarity: similarity, measure: likeness, metric: facts.isEmpty ? nil : (share(chosen), share(rejected)))
    }
}

extension PairEncoder {
    /// The ids of a teacher's completion; a truncated one has no end token.
    func ids(of answer: TeacherCompletion) -> [TokenID] {
        encodeCompletion(answer.text, isWhole: answer.finishReason == .stop)
    }
}
