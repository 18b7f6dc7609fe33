import Foundation
import PladEvaluation
import PladRecords
import PladStudent
import PladTraining

/// The held-out prompts of a run with the texts that every student scores.
struct HeldOutTexts {
    /// The texts of one prompt in a student's token ids.
    struct Item {
        var prompt: Prompt
        var ids: [TokenID]
        var teacher: TeacherCompletion
        /// Ids of the teacher's completion, then of the samples.
        var completions: [[TokenID]]
        var samples: [StudentSample]
    }

    let run: Run
    private let prompts: [Prompt]
    let split: Split
    private let answers: [String: TeacherCompletion]
    private let samples: [String: [StudentSample]]

    /// Loads the prompts to report on, with samples of the warmed-up student.
    init(_ run: Run) throws {
        try self.init(run, run.prompts(run.reported), run.reported, samples: try HeldOutSampling(run: run)())
    }

    /// Loads the prompts that choose the student to keep, without samples.
    init(choosingIn run: Run) throws {
        let (prompts, split) = run.choosing
        try self.init(run, prompts, split, samples: [:])
    }

    private init(_ run: Run, _ prompts: [Prompt], _ split: Split, samples: [String: [StudentSample]]) throws {
        try run.folder.require(run.folder.teacher, madeBy: "teach")
        self.run = run
        self.prompts = prompts
        self.split = split
        self.samples = samples
        answers = Dictionary(
            try JSONLines.read(TeacherCompletion.self, from: run.folder.teacher).filter { $0.split == split && $0.sample == 0 }.map {
                ($0.id, $0)
            },
            uniquingKeysWith: { first, _ in first })
    }

    /// The items of `items(for:sharesTokens:)`, at least one; throws `RecordError.malformed` if there is none.
    func someItems(for student: Student, sharesTokens: Bool) throws -> (items: [Item], drops: [Drop]) {
        let found = try items(for: student, sharesTokens: sharesTokens)
        guard !found.items.isEmpty else {
            throw RecordError(
                .malformed,
                "no held-out prompt has a usable completion of the teacher, so there is nothing to measure; see \(run.folder.drops.path)")
        }
        return found
    }

    /// The texts in a student's token ids, and the prompts that exceed its context.
    ///
    /// - Parameter sharesTokens: true if the student has the same tokens as the one that drew the samples, whose ids are then used
    ///   unchanged.
    func items(for student: Student, sharesTokens: Bool) throws -> (items: [Item], drops: [Drop]) {
        let encoder = PairEncoder(student: student)
        var (items, drops): ([Item], [Drop]) = ([], [])
        for prompt in prompts {
            guard let answer = answers[prompt.id] else { continue }
            let (text, ids) = try run.wording.student(prompt, student.tokenizer)
            let pair = PreferencePair(prompt: text, chosen: answer.text, promptIDs: ids, chosenIDs: encoder.ids(of: answer))
            switch try encoder.encode(pair, id: prompt.id, ranks: false, stage: .evaluate, split: split) {
            case .dropped(let drop): drops.append(drop)
            case .usable(let encoded):
                let completions = (samples[prompt.id] ?? []).map { sample in
                    (sample, sharesTokens ? sample.ids : encoder.encodeCompletion(sample.text, isWhole: sample.finishReason == .stop))
                }.filter { !$1.isEmpty && student.configuration.fits(prompt: ids.count, completion: $1.count) }
                items.append(
                    Item(
                        prompt: prompt, ids: ids, teacher: answer, completions: [encoded.chosen] + completions.map(\.1),
                        samples: completions.map(\.0)))
            }
        }
        return (items, drops)
    }
}
