import Foundation
import PladEvaluation
import PladRecords
import PladStudent
import PladTraining

/// Measures the student before, after warm-up and after ranking on the held-out prompts.
///
/// Reads teacher.jsonl, samples.jsonl and the three students; writes evaluation.json. Every student answers the same
/// prompts greedily and scores the same texts: the teacher's, and the pairs of the teacher's text with the warmed-up
/// student's first sample.
struct EvaluateStage {
    let run: Run

    func callAsFunction() throws -> Evaluation? {
        let folder = run.folder
        if Files.exists(folder.evaluation) {
            return try JSONLines.read(Evaluation.self, from: folder.evaluation).first
        }
        guard !run.prompts(.valid).isEmpty else {
            Console.say("evaluate   no prompts are held out (--held-out, --valid), so nothing is measured")
            return nil
        }
        try folder.require(folder.student, madeBy: "train")
        let students = [("initial", try run.student), ("warm-up", folder.checkpoint("warm-up")), ("ranked", folder.student)]
        let measurements = try students.map { name, location in
            let student = try Student(at: location, threads: run.options.student.threads ?? 1)
            return try StudentMeasurements(name: name, prompts: measure(student, name))
        }
        let evaluation = try Evaluation(of: measurements, bootstrap: Bootstrap(seed: run.options.run.seed))
        try JSONLines.write([evaluation], to: folder.evaluation)
        return evaluation
    }

    /// A held-out prompt with the texts that every student scores.
    private struct Item {
        var prompt: Prompt
        var ids: [TokenID]
        var teacher: TeacherAnswer
        var teacherIDs: [TokenID]
        /// The rejected side of the prompt's pair, where it has one.
        var sample: [TokenID]?
    }

    private func measure(_ student: Student, _ name: String) throws -> [HeldOutMeasurement] {
        let items = try items(student)
        guard !items.isEmpty else {
            throw RecordError(
                .malformed,
                "no held-out prompt has a usable answer of the teacher, so there is nothing to measure; see \(run.folder.drops.path)")
        }
        let trees = items.map { PromptTree(prompt: $0.ids, continuations: [$0.teacherIDs] + ($0.sample.map { [$0] } ?? [])) }
        let scores = try student.logProbabilities(of: trees)
        var parameters = run.options.studentParameters
        parameters.temperature = 0
        var progress = Progress("evaluate", of: items.count, "answers")
        let answers = try student.sample(
            items.map { DecodeRequest(prompt: $0.ids, parameters: parameters, streams: [SeededGenerator(seed: 0, "greedy")]) },
            slots: SampleStage.slots
        ) { finished, _ in
            progress.update(finished)
            try Interruption.check()
        }
        progress.finish(note: name)
        let norm: Norm = try choice(run.options.ranking.loss.norm, "norm")
        return zip(items, zip(scores, answers)).map { item, measured in
            let (scores, answer) = measured
            let sums = scores.map { norm.score(logProbability: $0.reduce(0) { $0 + Double($1) }, tokens: $0.count) }
            return HeldOutMeasurement(
                id: item.prompt.id, prompt: item.prompt.messages.map(\.content).joined(separator: "\n"), teacherText: item.teacher.text,
                teacherLogProbabilities: scores[0], answer: answer[0].text, answerTokens: answer[0].ids.count,
                pairs: sums.count > 1 ? [ScoredPair(chosen: sums[0], rejected: sums[1])] : [], facts: item.prompt.facts)
        }
    }

    private func items(_ student: Student) throws -> [Item] {
        let answers = Dictionary(
            try JSONLines.read(TeacherAnswer.self, from: run.folder.teacher).filter { $0.split == .valid && $0.sample == 0 }.map {
                ($0.id, $0)
            },
            uniquingKeysWith: { first, _ in first })
        let pairs = Dictionary(
            try PairStage(run: run, round: 1).build(.valid, student).pairs.map { ($0.id ?? "", $0) },
            uniquingKeysWith: { first, _ in first })
        let encoder = PairEncoder(student: student)
        var (items, drops): ([Item], [Drop]) = ([], [])
        for prompt in run.prompts(.valid) {
            guard let answer = answers[prompt.id] else { continue }
            let (text, ids) = try run.wording.student(prompt, student.tokenizer)
            let pair = PreferencePair(prompt: text, chosen: answer.text, promptIDs: ids, chosenIDs: encoder.ids(of: answer))
            switch try encoder.encode(pair, id: prompt.id, ranks: false, stage: .evaluate, split: .valid) {
            case .dropped(let drop): drops.append(drop)
            case .usable(let encoded):
                items.append(
                    Item(
                        prompt: prompt, ids: ids, teacher: answer, teacherIDs: encoded.chosen, sample: pairs[prompt.id]?.rejectedIDs))
            }
        }
        try run.folder.record(drops) { $0.stage == .evaluate }
        return items
    }
}
