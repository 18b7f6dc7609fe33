import Foundation
import PladRecords
import PladStudent
import PladTraining

/// Builds pseudo-preference pairs: the teacher's answer is chosen, the student's sample of the same prompt rejected,
/// without annotation (PLaD, arXiv 2406.02886, section 3).
///
/// Reads teacher.jsonl and samples.jsonl; writes pairs.jsonl and its drops. Sample k meets the teacher's answer
/// k mod n of the n there are.
struct PairStage {
    let run: Run
    let round: Int

    func callAsFunction() throws {
        let folder = run.folder
        let earlier = Files.exists(folder.pairs) ? try JSONLines.read(PreferencePair.self, from: folder.pairs) : []
        guard !earlier.contains(where: { $0.round == round }) else { return }
        try folder.require(folder.samples, madeBy: "sample")
        let student = try Student(folder: folder.sampler(round: round), threads: 1)
        let (pairs, drops) = try build(.train, student)
        guard !pairs.isEmpty else {
            throw RecordError(.malformed, "round \(round) gives no pair to rank: all \(drops.count) were dropped, see \(folder.drops.path)")
        }
        try folder.record(drops) { $0.stage == .pair && $0.round == round }
        try JSONLines.write(earlier + pairs, to: folder.pairs)
        Console.say("pair       \(pairs.count) pairs, \(drops.count) dropped")
    }

    /// The pairs of one split, with their ids, and those that cannot be used.
    func build(_ split: Split, _ student: Student) throws -> (pairs: [PreferencePair], drops: [Drop]) {
        let folder = run.folder
        try folder.require(folder.teacher, madeBy: "teach")
        let answers = Dictionary(
            grouping: try JSONLines.read(TeacherAnswer.self, from: folder.teacher).filter { $0.split == split }, by: \.id)
        let samples = Dictionary(
            grouping: try JSONLines.read(StudentSample.self, from: folder.samples).filter { $0.split == split && $0.round == round },
            by: \.id)
        let encoder = PairEncoder(student: student)
        var (pairs, drops): ([PreferencePair], [Drop]) = ([], [])
        for prompt in run.prompts(split) {
            guard let answers = answers[prompt.id], let samples = samples[prompt.id] else { continue }
            let (text, ids) = try run.wording.student(prompt, student.tokenizer)
            for sample in samples {
                let answer = answers[sample.sample % answers.count]
                let pair = PreferencePair(
                    id: prompt.id, round: round, sample: sample.sample, prompt: text, chosen: answer.text, rejected: sample.text,
                    promptIDs: ids, chosenIDs: encoder.ids(of: answer), rejectedIDs: sample.ids)
                if sample.text == answer.text {
                    drops.append(
                        Drop(
                            stage: .pair, id: prompt.id, split: split, round: round, sample: sample.sample, state: .equalSides,
                            detail: "the student says what the teacher says"))
                    continue
                }
                switch try encoder.encode(pair, id: prompt.id, ranks: true, stage: .pair, split: split) {
                case .usable: pairs.append(pair)
                case .dropped(let drop): drops.append(drop)
                }
            }
        }
        return (pairs, drops)
    }
}

extension PairEncoder {
    /// The ids of a teacher's answer; one that was cut off is not ended.
    func ids(of answer: TeacherAnswer) -> [TokenID] {
        encodeCompletion(answer.text, isWhole: answer.finishReason != .length)
    }
}
