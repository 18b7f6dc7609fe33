import Foundation
package import PladRecords
import PladStudent
import PladTokenizer
import PladTraining

/// A run: its folder with the settings it was begun with and the files its stages leave for each other.
package struct Run: Sendable {
    package let folder: RunFolder
    let record: RunRecord
    package var settings: DistillSettings
    let prompts: [RunPrompt]
    package let wording: PromptWording
    let observer: any RunObserver

    /// Begins a run, or carries on the one in the settings' folder if its settings and inputs are the same.
    ///
    /// - Parameter isRehearsal: nothing is written and nothing compared with the folder, which need not be named.
    ///
    /// Throws `SettingError` or `RunError` naming the first setting that cannot be carried out or differs, `RecordError` for inputs
    /// that cannot be read.
    package init(_ settings: DistillSettings, observer: any RunObserver, isRehearsal: Bool = false) throws {
        let folder = RunFolder(
            isRehearsal ? settings.run.folder ?? "" : try settings.run.folder.required("run.folder", "the folder of the run"))
        let source = try PromptSource(settings.prompts, seed: settings.run.seed)
        let student = try StudentLocation.resolve(
            try settings.student.model.required("student.model", "a Hugging Face model folder or org/name"))
        // Before anything is written: what is refused because it shows a secret must not be kept.
        try settings.validate()
        let settings = try settings.resolved(for: source.task)

        let prompts = source.train.map { RunPrompt(split: .train, prompt: $0) } + source.valid.map { RunPrompt(split: .valid, prompt: $0) }
        let text = try prompts.map { try $0.jsonLine() + Data("\n".utf8) }.reduce(Data(), +)
        let record = RunRecord(
            plad: Version.current, settings: settings, task: source.task,
            inputs: ["prompts": Digest(of: text).description, "student": try StudentLocation.digest(student)])
        if isRehearsal {
            try self.init(folder: folder, record: record, observer: observer, prompts: prompts)
            return
        } else if Files.exists(folder.record) {
            try Self.check(record, against: folder)
        } else {
            guard try folder.isFree(for: text) else {
                throw RunError(
                    .usage,
                    "\(folder.url.path) is no run, and holds files: a run would write over them; give a `run.folder` that is new or empty")
            }
            // What is refused begins no run.
            _ = try Run(folder: folder, record: record, observer: observer, prompts: prompts).check()
            try text.write(atomicallyTo: folder.prompts)
            try record.jsonLine().write(atomicallyTo: folder.record)
        }
        try self.init(folder: folder, record: record, observer: observer)
    }

    /// The run in a folder, as `run.json` describes it.
    package init(in path: String, observer: any RunObserver) throws {
        let folder = RunFolder(path)
        guard Files.exists(folder.record) else {
            throw RunError(.usage, "\(path) is no run: it has no run.json; begin one with `Distillation` or `TeachStage`")
        }
        try self.init(folder: folder, record: try Self.read(folder), observer: observer)
    }

    private init(folder: RunFolder, record: RunRecord, observer: any RunObserver, prompts: [RunPrompt]? = nil) throws {
        self.folder = folder
        self.record = record
        self.observer = observer
        settings = record.settings
        self.prompts = try prompts ?? JSONLines.read(RunPrompt.self, from: folder.prompts)
        wording = try PromptWording(record.task)
    }

    private static func read(_ folder: RunFolder) throws -> RunRecord {
        guard let record = try JSONLines.read(RunRecord.self, from: folder.record).first else {
            throw RecordError(.malformed, "\(folder.record.path) is empty; remove the run and begin it again")
        }
        return record
    }

    private static func check(_ record: RunRecord, against folder: RunFolder) throws {
        let before = try read(folder)
        let name = folder.url.path
        if let difference = try before.settings.difference(from: record.settings) {
            throw RunError(
                .usage,
                "\(name) was begun with `\(difference.path)` \(difference.mine?.canonical ?? "unset"), now it is \(difference.theirs?.canonical ?? "unset"); give the same settings or another `run.folder`"
            )
        }
        for (input, digest) in record.inputs.sorted(by: { $0.key < $1.key }) where before.inputs[input] != digest {
            throw RunError(.usage, "the \(input) changed since \(name) was begun; restore what it was or give another `run.folder`")
        }
    }

    /// Looks at everything that a later stage would refuse, before the teacher is paid: judges, the student's files, prompts that
    /// fill its context. Returns the ids of the latter, which need not be asked.
    package func check() throws -> Set<String> {
        if settings.pairing.prefer == .metric, !prompts.contains(where: { !$0.prompt.facts.isEmpty }) {
            throw SettingError(
                path: "pairing.prefer", problem: "metric: no prompt has \"facts\", which the metric counts; leave the setting out")
        }
        _ = try AnswerJudge.chosen(in: self)
        let student = try Student(at: try student, threads: 1)
        try settings.adapter.attach(to: student, seed: 0)
        try settings.rankingTraining(parameters: student.parameterCount, norm: try settings.ranking.resolvedLoss.norm).validate()
        let unfit = try prompts.map(\.prompt).filter { prompt in
            // No token is shorter than a byte; a template adds some.
            let bytes = prompt.messages.reduce(256) { $0 + $1.content.utf8.count }
            guard student.configuration.room(prompt: bytes) <= 0 else { return false }
            return student.configuration.room(prompt: try wording.student(prompt, student.tokenizer).ids.count) <= 0
        }
        guard unfit.count < prompts.count else {
            throw RecordError(
                .malformed,
                "no prompt fits the student's context of \(student.configuration.contextLength) tokens; shorten the prompts or take another student"
            )
        }
        return Set(unfit.map(\.id))
    }

    package func prompts(_ split: Split) -> [Prompt] {
        prompts.filter { $0.split == split }.map(\.prompt)
    }

    /// The original student's folder.
    var student: URL {
        get throws { try StudentLocation.resolve(settings.student.model ?? "") }
    }

    /// The first round whose ranked student is not made yet, or the last round where all are.
    package var nextRound: Int {
        let rounds = settings.ranking.rounds
        return (1...rounds).first { !folder.holdsStudent(folder.checkpoint("round-\($0)")) } ?? rounds
    }
}

extension DistillSettings {
    /// These settings with what is left open filled in, so that a record says what was done.
    fileprivate func resolved(for task: TaskDefinition) throws -> DistillSettings {
        var settings = self
        settings.teacher.dialect = teacher.dialectName
        settings.student.threads = try student.threadCount
        try settings.ranking.fill()
        settings.teacher.maxTokens = teacher.maxTokens ?? task.maxTokens ?? 256
        if teacher.stop.isEmpty { settings.teacher.stop = task.stop ?? [] }
        return settings
    }

    /// How the student's samples are drawn.
    var studentParameters: SamplingParameters {
        sampling.parameters(maxTokens: teacher.maxTokens ?? 256, stop: teacher.stop)
    }
}
