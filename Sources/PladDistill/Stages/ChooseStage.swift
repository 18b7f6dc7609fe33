import Foundation
import PladEvaluation
package import PladRecords
import PladStudent
import PladTokenizer

/// Chooses which of the run's students to keep, and writes it into student/.
///
/// Reads the students of every stage and teacher.jsonl; writes held-out/choosing-*.jsonl, choice.json and student/. Every student
/// completes the validation prompts greedily, never those that are reported on; `StudentChoice` defines the comparison.
package struct ChooseStage {
    let run: Run

    package init(run: Run) { self.run = run }

    package func callAsFunction() async throws {
        let folder = run.folder
        guard !folder.holdsStudent(folder.student) else { return run.observer.doneBefore("choose") }
        try folder.require(folder.checkpoint("warm-up").appendingPathComponent("model.safetensors"), madeBy: "warm-up")
        let students = try run.stages()
        let choice = try await choose(among: students)
        let chosen = students.first { $0.name == choice.student }!
        try JSONLines.write([choice], to: folder.choice)
        try folder.requireIntact(chosen.location)
        let student = try Student(at: chosen.location, threads: 1)
        try student.save(to: folder.student, as: run.settings.student.dtype, chatTemplate: try chatTemplate(student.tokenizer))
        run.observer.notice("choose", choice.reason)
    }

    /// The chat template that gives the student its conversations as in training; nil for its own.
    private func chatTemplate(_ tokenizer: Tokenizer) throws -> String? {
        let prompts = run.prompts(.train)
        let looked = stride(from: 0, to: prompts.count, by: max(1, prompts.count / 100)).map { prompts[$0] }
        let template = run.wording.chatTemplate(for: tokenizer)
        if let template, try run.wording.isRendered(by: template, looked, tokenizer) { return template }
        if template != nil || run.record.task.student?.prompt != nil {
            run.observer.notice(
                "choose",
                "no chat template gives the student the token ids of every prompt as in training: ask it by its completions endpoint, with that wording"
            )
        }
        return nil
    }

    private func choose(among students: [RunStudent]) async throws -> StudentChoice {
        let last = students[students.count - 1].name
        if run.settings.student.install == .last {
            return StudentChoice(student: last, reason: "student/ is the student of the last stage (\(last)), as the settings say")
        }
        let texts = try HeldOutTexts(choosingIn: run)
        let split = texts.split
        var measured: [StudentMeasurements] = []
        for student in students { measured.append(try await measure(student, texts)) }
        guard !measured[0].prompts.isEmpty else {
            return StudentChoice(
                student: last, reason: "student/ is \(last): no prompt to choose by has a usable completion of the teacher")
        }
        var best = measured[0]
        var comparisons: [StudentChoice.Comparison] = []
        for student in measured.dropFirst() {
            let comparison = try student.comparison(with: best)
            comparisons.append(comparison)
            if comparison.isNoWorse { best = student }
        }
        let count = best.prompts.count
        let what = split == .valid ? "validation prompts" : "training prompts (none are held out to choose by)"
        return StudentChoice(
            student: best.name,
            reason: "student/ is \(best.name == "initial" ? "the untouched student" : best.name): on \(count) \(what) "
                + grounds(measured, comparisons),
            split: split.rawValue, prompts: count, comparisons: comparisons)
    }

    /// The grounds of a choice, in a clause: each student's mean quality, and what the prompts say where quality is equal or unknown.
    private func grounds(_ measured: [StudentMeasurements], _ comparisons: [StudentChoice.Comparison]) -> String {
        guard let kind = measured[0].prompts.first(where: { $0.quality != nil })?.qualityBy else {
            return comparisons.map(\.sentence).joined(separator: "; ")
        }
        let means = measured.map { "\(String(format: "%.3f", $0.meanQuality ?? 0)) for \($0.name)" }
        return
            (["quality by \(kind) is " + means.joined(separator: ", ")]
            + comparisons.filter(\.isEven).map { "at equal quality \($0.sentence)" }).joined(separator: "; ")
    }

    private func measure(_ student: RunStudent, _ texts: HeldOutTexts) async throws -> StudentMeasurements {
        let file = run.folder.choosing(student.name)
        if !Files.exists(file) {
            try run.folder.requireIntact(student.location)
            let model = try Student(at: student.location, threads: run.settings.student.threads ?? 1)
            var records = try RecordFile<HeldOutMeasurement>(file)
            try await HeldOutMeasuring(texts, student: model, name: student.name, stage: "choose")(
                try texts.items(for: model, sharesTokens: true).items, after: records.records.count
            ) { try records.append($0) }
            try records.finish()
        }
        return try StudentMeasurements(name: student.name, prompts: try JSONLines.read(HeldOutMeasurement.self, from: file))
    }
}

extension StudentChoice.Comparison {
    /// Sentence such as "ranked won 3, lost 11 and tied 6 against warm-up".
    fileprivate var sentence: String { "\(student) won \(won), lost \(lost) and tied \(tied) against \(baseline)" }
}

/// A student of a run, made by one of its stages.
struct RunStudent {
    /// Name of the student: `initial`, `warm-up`, `round-1`, …, `ranked` for the last round's.
    var name: String
    var location: URL
}

extension Run {
    /// The existing students, oldest first.
    ///
    /// - Parameter reported: true for only the last of the ranked students, read from `student/` if it is there.
    func stages(reported: Bool = false) throws -> [RunStudent] {
        let rounds = (1...settings.ranking.rounds).prefix { folder.holdsStudent(folder.checkpoint("round-\($0)")) }
        let ranked = rounds.map { round in
            RunStudent(name: round == rounds.last ? "ranked" : "round-\(round)", location: folder.checkpoint("round-\(round)"))
        }
        let early = [
            RunStudent(name: "initial", location: try student), RunStudent(name: "warm-up", location: folder.checkpoint("warm-up")),
        ]
        guard reported else { return early + ranked }
        guard var last = ranked.last else { return early }
        if try choice?.student ?? "ranked" == "ranked" { last.location = folder.student }
        return early + [last]
    }

    /// Split that is reported on.
    package var reported: Split { prompts(.test).isEmpty ? .valid : .test }

    /// The prompts that choose the student to keep: those held out for it, else some of the training prompts, spread over all.
    var choosing: (prompts: [Prompt], split: Split) {
        let valid = prompts(.valid)
        if reported == .test, !valid.isEmpty { return (valid, .valid) }
        let trained = prompts(.train)
        return (stride(from: 0, to: trained.count, by: max(1, trained.count / 64)).map { trained[$0] }, .train)
    }

    /// Choice of the student to keep; nil in runs of older versions.
    package var choice: StudentChoice? {
        get throws { Files.exists(folder.choice) ? try JSONLines.read(StudentChoice.self, from: folder.choice).first : nil }
    }
}
