import Foundation
import PladEvaluation
import PladRecords
import PladReport

/// Writes report.html from the run's records alone.
struct ReportStage {
    let run: Run

    func callAsFunction() throws {
        try Data(ReportPage.html(try input).utf8).write(atomicallyTo: run.folder.report)
    }

    private var input: ReportInput {
        get throws {
            let folder = run.folder
            let answers = try records(TeacherAnswer.self, folder.teacher).filter { $0.split == .train }
            return ReportInput(
                title: folder.url.lastPathComponent,
                settings: [ReportInput.Setting("plad", run.record.plad)]
                    + run.record.settings.sorted { $0.key < $1.key }.filter { $0.value != .array([]) }
                    .map { ReportInput.Setting($0.key, $0.value.string ?? $0.value.canonical) },
                hashes: try hashes,
                funnel: [
                    ReportInput.Count("prompts", run.prompts(.train).count),
                    ReportInput.Count("answered", Set(answers.map(\.id)).count),
                    ReportInput.Count("samples", try records(StudentSample.self, folder.samples).count { $0.split == .train }),
                    ReportInput.Count("pairs", try records(PreferencePair.self, folder.pairs).count),
                ],
                drops: try records(Drop.self, folder.drops),
                log: try records(TrainingStep.self, folder.log),
                evaluation: try records(Evaluation.self, folder.evaluation).first,
                stages: try run.stageTimes())
        }
    }

    private var hashes: [ReportInput.Setting] {
        get throws {
            let inputs = run.record.inputs.sorted { $0.key < $1.key }.map { ReportInput.Setting($0.key, $0.value) }
            let weights = run.folder.student.appendingPathComponent("model.safetensors")
            guard Files.exists(weights) else { return inputs }
            return inputs + [ReportInput.Setting("student/model.safetensors", try Digest(contentsOf: weights).description)]
        }
    }

    private func records<Record: Decodable>(_ type: Record.Type, _ file: URL) throws -> [Record] {
        Files.exists(file) ? try JSONLines.read(type, from: file) : []
    }
}

extension Run {
    /// Ends a run for the person who began it: the closing table, or the evaluation as JSON, and where the rest is.
    func conclude(_ evaluation: Evaluation?, json: Bool) throws {
        if let evaluation {
            if json { try Console.result(line: evaluation) } else { Console.result(ClosingTable.render(evaluation: evaluation)) }
        }
        if Files.exists(folder.student) { Console.say("student    \(folder.student.path)") }
        if Files.exists(folder.report) { Console.say("report     \(folder.report.path)") }
    }
}
