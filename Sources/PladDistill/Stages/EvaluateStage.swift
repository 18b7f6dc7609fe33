import Foundation
import PladEvaluation
package import PladRecords
import PladStudent

/// Measures the students before and after warm-up and, if there is one, after ranking on the held-out prompts, and has completions
/// judged.
///
/// Reads teacher.jsonl and the students; writes held-out/ (samples and each student's measurements) and the summary evaluation.json.
/// Every student completes the same prompts greedily and scores the same texts: the teacher's, and the warmed-up student's samples. A
/// judge that evaluation.json lacks is asked and added to it.
package struct EvaluateStage {
    let run: Run

    package init(run: Run) { self.run = run }

    package func callAsFunction() async throws -> Evaluation? {
        let folder = run.folder
        guard !run.prompts(run.reported).isEmpty else {
            run.observer.notice(
                "evaluate", "no prompts are held out (`prompts.held_out_share`, `prompts.held_out_file`), so nothing is measured")
            return nil
        }
        let judges = try CompletionJudge.chosen(in: run)
        let known = Files.exists(folder.evaluation) ? try JSONLines.read(Evaluation.self, from: folder.evaluation).first : nil
        let asked = judges.filter { judge in !(known?.judgements ?? []).contains { $0.judge == judge.name } }
        if let known, asked.isEmpty {
            run.observer.doneBefore("evaluate")
            return known
        }
        let students = try await measurements()
        var evaluation = try known ?? Evaluation(of: students, bootstrap: Bootstrap(seed: run.settings.run.seed))
        if known == nil {
            (evaluation.rollback, evaluation.choice) = (try run.rollback, try run.choice)
            try setThresholds(&evaluation, students)
        }
        for judge in asked {
            let start = ContinuousClock.now
            evaluation.judgements = try await (evaluation.judgements ?? []) + JudgeStage(run: run, judge: judge)(students)
            run.observer.done("judge", judge.name, since: start)
        }
        try JSONLines.write([evaluation], to: folder.evaluation)
        return evaluation
    }

    /// Sets the confidence from which on each student is mostly right, by the prompts that chose the student.
    private func setThresholds(_ evaluation: inout Evaluation, _ measured: [StudentMeasurements]) throws {
        for (index, student) in measured.enumerated() {
            let file = run.folder.choosing(student.name)
            guard run.choosing.split == .valid, Files.exists(file) else { continue }
            evaluation.students[index].quality?.riskCoverage?.setThreshold(
                by: try JSONLines.read(HeldOutMeasurement.self, from: file), on: student.prompts)
        }
    }

    /// The students' measurements on the held-out prompts, computed if they are not recorded.
    func measurements() async throws -> [StudentMeasurements] {
        let folder = run.folder
        try folder.require(folder.student, madeBy: "train")
        let students = try run.stages(reported: true)
        var texts: HeldOutTexts?
        var measured: [StudentMeasurements] = []
        for student in students {
            let (name, location) = (student.name, student.location)
            let file = folder.measurements(name)
            if !Files.exists(file) {
                texts = try texts ?? HeldOutTexts(run)
                try await measure(texts!, name, location, to: file)
            }
            measured.append(try StudentMeasurements(name: name, prompts: try JSONLines.read(HeldOutMeasurement.self, from: file)))
        }
        return measured
    }

    private func measure(_ texts: HeldOutTexts, _ name: String, _ location: URL, to place: URL) async throws {
        try run.folder.requireIntact(location)
        let student = try Student(at: location, threads: run.settings.student.threads ?? 1)
        let (items, drops) = try texts.someItems(for: student, sharesTokens: true)
        try run.folder.record(drops) { $0.stage == .evaluate }
        var file = try RecordFile<HeldOutMeasurement>(place)
        try await HeldOutMeasuring(texts, student: student, name: name)(items, after: file.records.count) { try file.append($0) }
        try file.finish()
    }
}
