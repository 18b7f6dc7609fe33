import Foundation
import PladRecords
package import PladReport
import PladTraining

/// The content of a run's report page, from the run's records.
package struct RunReport {
    let run: Run

    package init(run: Run) { self.run = run }

    /// - Parameter live: current activity of a running run; nil for a file.
    package func input(live: ReportInput.Live? = nil) throws -> ReportInput {
        let folder = run.folder
        let answers = try records(TeacherCompletion.self, folder.teacher).filter { $0.split == .train }
        return ReportInput(
            title: folder.url.lastPathComponent,
            facts: try facts,
            settings: [ReportInput.Setting("plad", run.record.plad)]
                + (try run.record.settings.leaves()).sorted { $0.key < $1.key }.filter {
                    $0.value != .array([]) && $0.value != .object([:])
                }
                .map { ReportInput.Setting($0.key, $0.value.string ?? $0.value.canonical) },
            hashes: try hashes,
            funnel: [
                ReportInput.Count("prompts", run.prompts(.train).count),
                ReportInput.Count("answered", Set(answers.map(\.id)).count),
                ReportInput.Count("samples", try records(StudentSample.self, folder.samples).count { $0.split == .train }),
                ReportInput.Count("pairs", try records(PreferencePair.self, folder.pairs).count(where: \.ranks)),
            ],
            drops: try records(LeftOut.self, folder.drops),
            log: try log,
            evaluation: try records(Evaluation.self, folder.evaluation).first, heldOut: run.prompts.count { $0.split != .train },
            stages: try run.stageTimes(),
            live: live)
    }

    /// Steps of the finished phases, and of the one that is training now.
    private var log: [TrainingStep] {
        get throws {
            let steps = try records(TrainingStep.self, run.folder.log)
            guard let live = try LiveLog.read(run.folder.liveLog) else { return steps }
            return steps.contains { $0.phase == live.head.phase } ? steps : steps + live.steps
        }
    }

    private var facts: [ReportInput.Setting] {
        get throws {
            let folder = run.folder
            let settings = run.settings
            var facts: [ReportInput.Setting] = []
            let summary = try records(TeachSummary.self, folder.teach).first
            let models = (summary?.models ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
                "\($0.key) (\(Numbers.count($0.value)))"
            }
            let address = settings.teacher.id ?? settings.teacher.remote ?? ""
            let teacher = models.isEmpty ? settings.teacher.model ?? "" : models.joined(separator: ", ")
            facts.append(ReportInput.Setting("Teacher", address.isEmpty ? teacher : "\(teacher), \(address)"))
            if let summary {
                let states = summary.states.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
                    "\(Numbers.count($0.value)) \($0.key)"
                }
                facts.append(ReportInput.Setting("Completions", "\(Numbers.count(summary.wanted)): \(states.joined(separator: ", "))"))
                facts.append(ReportInput.Setting("Cost", summary.wire.sentence))
                if summary.fingerprints.count > 1 {
                    facts.append(
                        ReportInput.Setting("Drift", "\(summary.fingerprints.count) fingerprints of the teacher: it changed under way"))
                }
            }
            for judge in try records(JudgeSummary.self, folder.judges) {
                facts.append(ReportInput.Setting("Judge \(judge.judge)", judge.wire.sentence))
            }
            facts.append(ReportInput.Setting("Student", settings.student.model ?? ""))
            facts.append(ReportInput.Setting("Ranking", ranking))
            if let choice = try run.choice { facts.append(ReportInput.Setting("Kept", choice.reason)) }
            return facts
        }
    }

    /// The loss with its parameters, and the number of epochs.
    private var ranking: String {
        let (loss, rounds) = (run.settings.ranking, run.settings.ranking.rounds)
        let scores = loss.norm == .sum ? "summed log-probabilities" : "log-probabilities per token"
        let lambda = loss.lambda.map { ", lambda \($0)" } ?? ""
        return "\(loss.loss) loss of \(scores)\(lambda), \(rounds) \(rounds == 1 ? "round" : "rounds")"
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
