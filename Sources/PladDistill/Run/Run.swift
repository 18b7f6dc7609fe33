import Foundation
package import PladRecords
import PladStudent
import PladTokenizer
import PladTraining

/// A run: its folder with its settings and the files that its stages pass on.
package struct Run: Sendable {
    package let folder: RunFolder
    let record: RunRecord
    package var settings: DistillSettings
    let prompts: [RunPrompt]
    package let wording: PromptWording
    let observer: any RunObserver
    /// Lock on the folder while the run is worked on; nil if it is only read.
    private var lock: RunLock?

    /// Starts a run, or continues the one in the settings' folder if its settings and inputs are the same.
    ///
    /// A run without completions is started anew, so that wrong settings can be corrected.
    ///
    /// - Parameters:
    ///   - isRehearsal: true to write nothing; the folder need not be given.
    ///   - needsStudent: false if only the teacher is asked; the student can then be given later.
    ///
    /// Throws `SettingError` or `RunError` with the first setting that is invalid or differs, `RecordError` for unreadable inputs.
    package init(_ settings: DistillSettings, observer: any RunObserver, isRehearsal: Bool = false, needsStudent: Bool = true) throws {
        if !isRehearsal { try settings.requireAll(student: needsStudent) }
        // Before anything is written: what is refused because it shows a secret must not be kept.
        try settings.validate()
        let folder = RunFolder(settings.run.folder ?? "")
        let source = try PromptSource(settings.prompts, seed: settings.run.seed)
        let isPlaced = !isRehearsal || settings.run.folder != nil
        var before = try isPlaced && Files.exists(folder.record) ? Self.read(folder) : nil
        var settings = settings
        if !needsStudent, settings.student.model == nil, let before { settings.student = before.settings.student }
        let student = try settings.student.model.map(StudentLocation.resolve)
        settings = try settings.resolved(for: source.task)
        if let before, before.isFlat { settings.goOn(like: before.settings) }
        let digest = try student.map(StudentLocation.digest)
        // A run that only asked so far is given its student.
        let namesStudent = before?.settings.student.model == nil && digest != nil
        if namesStudent {
            before?.settings.student = settings.student
            before?.inputs["student"] = digest
        }

        let isBegun = before != nil && Files.exists(folder.teacher)
        let completions = settings.warmUp.epochs * Double(source.train.count * settings.teacher.samples)
        settings.optimiser.batchSize = settings.optimiser.batchSize ?? OptimiserSettings.usualBatchSize(completions: completions)
        let prompts = source.prompts(choosing: settings.student.install == .best)
        let text = try prompts.map { try $0.jsonLine() + Data("\n".utf8) }.reduce(Data(), +)
        let record = RunRecord(
            plad: Version.current, settings: settings, task: source.task,
            inputs: ["prompts": Digest(of: text).description, "student": digest].compactMapValues { $0 },
            id: before?.id ?? (isBegun || isRehearsal ? nil : UUID().uuidString.lowercased()))
        if let before, isBegun {
            try Self.check(record, against: before, in: folder, prompts: prompts)
        } else if isPlaced {
            guard try before != nil || folder.isFree(for: text) else {
                throw RunError(
                    .usage,
                    "\(folder.url.path) is not a run, and holds files: a run would overwrite them; give a `run.folder` that is new or empty"
                )
            }
        }
        // What is refused begins no run.
        let run = try Run(folder: folder, record: record, observer: observer, prompts: prompts)
        if !isBegun { _ = try run.check() }
        if isRehearsal {
            self = run
            return
        }
        if !isBegun {
            try Files.makeFolder(folder.url, isPrivate: true)
            if Files.narrow(folder.url) {
                observer.notice(
                    "run", "\(folder.url.path) was open to others; it is now its owner's alone, as prompts and completions may be")
            }
        }
        let lock = try RunLock.hold(folder.url)
        if source.moved > 0 {
            observer.notice("prompts", "\(source.moved) training prompts have the text of a held-out one: they are held out too")
        }
        if source.movedToTest > 0 {
            observer.notice(
                "prompts",
                "\(source.movedToTest) validation prompts have the text of a test prompt: they are reported on, and choose no student")
        }
        if source.known > 0 {
            observer.notice("prompts", "\(source.known) unpaid prompts have the text of another prompt: they are left out")
        }
        if !isBegun { try text.write(atomicallyTo: folder.prompts) }
        if !isBegun || namesStudent { try record.jsonLine().write(atomicallyTo: folder.record) }
        try self.init(folder: folder, record: record, observer: observer)
        self.lock = lock
    }

    /// Opens the run in a folder for reading, by its `run.json`.
    package init(in path: String, observer: any RunObserver) throws {
        let folder = RunFolder(path)
        guard Files.exists(folder.record) else {
            throw RunError(.usage, "\(path) is not a run: it has no run.json; start one with `Distillation` or `TeachStage`")
        }
        try self.init(folder: folder, record: try Self.read(folder), observer: observer)
    }

    /// The run, locked against other processes. Throws `RunError.busy` if another process works on it.
    package func locked() throws -> Run {
        var run = self
        run.lock = try lock ?? RunLock.hold(folder.url)
        return run
    }

    private init(folder: RunFolder, record: RunRecord, observer: any RunObserver, prompts: [RunPrompt]? = nil) throws {
        var folder = folder
        folder.worded = { observer.worded($0) }
        self.folder = folder
        self.record = record
        self.observer = observer
        settings = record.settings
        self.prompts = try prompts ?? JSONLines.read(RunPrompt.self, from: folder.prompts)
        wording = try PromptWording(record.task)
    }

    private static func read(_ folder: RunFolder) throws -> RunRecord {
        guard let record = try JSONLines.read(RunRecord.self, from: folder.record).first else {
            throw RecordError(.malformed, "\(folder.record.path) is empty; remove the run and start it again")
        }
        return record
    }

    private static func check(_ record: RunRecord, against before: RunRecord, in folder: RunFolder, prompts: [RunPrompt]) throws {
        let name = folder.url.path
        if let difference = try before.settings.difference(from: record.settings) {
            throw RunError(
                .usage,
                "\(name) was started with `\(difference.path)` \(difference.mine?.canonical ?? "unset"), now it is \(difference.theirs?.canonical ?? "unset"); give the same settings or another `run.folder`"
            )
        }
        for (input, digest) in record.inputs.sorted(by: { $0.key < $1.key }) where before.inputs[input] != digest {
            // plad 0.1.0 held other prompts out by share; the run keeps those of its own file.
            if input == "prompts", before.isFlat, try JSONLines.read(RunPrompt.self, from: folder.prompts).isSame(as: prompts) { continue }
            throw RunError(.usage, "the \(input) changed since \(name) was started; restore what it was or give another `run.folder`")
        }
    }

    /// Checks everything that a later stage would refuse, before the teacher is paid: judges, the student's files, prompts that fill
    /// its context. Returns the ids of the latter, which need not be asked.
    package func check() throws -> Set<String> {
        if settings.pairing.prefer == .metric, !prompts.contains(where: { !$0.prompt.facts.isEmpty }) {
            throw SettingError(
                path: "pairing.prefer", problem: "metric: no prompt has \"facts\", which the metric counts; leave the setting out")
        }
        if !settings.teacher.replay { try settings.teacher.checkBudget() }
        _ = try CompletionJudge.chosen(in: self)
        _ = try quality
        guard settings.student.model != nil else { return [] }
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
                "no prompt fits the student's context of \(student.configuration.contextLength) tokens; shorten the prompts or use another student"
            )
        }
        return Set(unfit.map(\.id))
    }

    package func prompts(_ split: Split) -> [Prompt] {
        prompts.filter { $0.split == split }.map(\.prompt)
    }

    /// Folder of the original student.
    var student: URL {
        get throws {
            try StudentLocation.resolve(try settings.student.model.required("student.model", "a Hugging Face model folder or org/name"))
        }
    }

    /// First round without its ranked student, or the last round if all have one.
    package var nextRound: Int {
        let rounds = settings.ranking.rounds
        return (1...rounds).first { !folder.holdsStudent(folder.checkpoint("round-\($0)")) } ?? rounds
    }
}

extension [RunPrompt] {
    /// True if both hold the same prompts, in any split.
    fileprivate func isSame(as others: [RunPrompt]) -> Bool {
        count == others.count
            && Dictionary(map { ($0.prompt.id, $0.prompt) }) { $1 } == Dictionary(others.map { ($0.prompt.id, $0.prompt) }) { $1 }
    }
}

extension PromptSource {
    /// The prompts with their splits.
    ///
    /// - Parameter choosing: true to use some held-out prompts for choosing the student: all of `valid` if there are others to report
    ///   on, else half of it, those whose text has the smallest digest.
    fileprivate func prompts(choosing: Bool) -> [RunPrompt] {
        var (valid, test) = (valid, test)
        if choosing, test.isEmpty {
            let texts = Dictionary(grouping: valid, by: \.textDigest).map { (draw: Digest(of: "choose:\($0)").description, prompts: $1) }
            var chosenBy: Set<String> = []
            for text in texts.sorted(by: { $0.draw < $1.draw }) where chosenBy.count + text.prompts.count <= valid.count / 2 {
                chosenBy.formUnion(text.prompts.map(\.id))
            }
            test = valid.filter { !chosenBy.contains($0.id) }
            valid = valid.filter { chosenBy.contains($0.id) }
        }
        return [(Split.train, train), (.unpaid, unpaid), (.valid, valid), (.test, test)].flatMap { split, prompts in
            prompts.map { RunPrompt(split: split, prompt: $0) }
        }
    }
}

extension DistillSettings {
    /// Adopts the behaviour of a run of plad 0.1.0 for which it had no setting.
    fileprivate mutating func goOn(like before: DistillSettings) {
        choosesLast()
        if optimiser.batchSize == nil { optimiser.batchSize = before.optimiser.batchSize }
    }

    /// The settings with defaults filled in, for the record.
    fileprivate func resolved(for task: TaskDefinition) throws -> DistillSettings {
        var settings = self
        settings.teacher.dialect = teacher.dialectName
        settings.student.threads = try student.threadCount
        try settings.ranking.fill()
        settings.teacher.maxTokens = teacher.maxTokens ?? task.maxTokens ?? 256
        if teacher.stop.isEmpty { settings.teacher.stop = task.stop ?? [] }
        return settings
    }

    /// Sampling parameters of the student's samples.
    var studentParameters: SamplingParameters {
        sampling.parameters(maxTokens: teacher.maxTokens ?? 256, stop: teacher.stop)
    }
}
