import Foundation
import PladRecords
import PladStudent
import PladTeacher
import PladTraining

/// `run.json`: what a run is made of, so that it can be carried on and repeated. It never holds a secret.
struct RunRecord: Codable {
    /// The version of plad that began the run.
    var plad: String
    /// Every resolved setting, by flag.
    var settings: [String: JSONValue]
    var task: TaskDefinition
    /// SHA-256 of what was read: `prompts`, `student`.
    var inputs: [String: String]
}

/// A line of a run's `prompts.jsonl`.
struct RunPrompt: Codable {
    var split: Split
    var prompt: Prompt

    private enum Key: String, CodingKey { case split }

    init(split: Split, prompt: Prompt) {
        self.split = split
        self.prompt = prompt
    }

    init(from decoder: any Decoder) throws {
        split = try decoder.container(keyedBy: Key.self).decode(Split.self, forKey: .split)
        prompt = try Prompt(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try prompt.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(split, forKey: .split)
    }
}

/// A run's folder: the settings it was begun with and the files its stages leave for each other.
struct Run {
    let folder: RunFolder
    let record: RunRecord
    var options: DistillOptions
    let prompts: [RunPrompt]
    let wording: PromptWording

    /// Begins a run, or carries on the one in `--out` if its settings and inputs are the same.
    ///
    /// - Parameter isRehearsal: nothing is written and nothing compared with the folder, which need not be named.
    ///
    /// Throws `UsageError` naming the first setting that differs, `RecordError` for inputs that cannot be read.
    init(_ options: DistillOptions, isRehearsal: Bool = false) throws {
        let folder = RunFolder(isRehearsal ? options.run.out ?? "" : try options.run.out.required("out", "the folder of the run"))
        var options = options
        let source = try PromptSource(options.prompts, seed: options.run.seed)
        let student = try StudentLocation.resolve(
            try options.student.student.required("student", "a Hugging Face model folder or org/name"))
        guard options.ranking.rounds > 0 else { throw UsageError("--rounds \(options.ranking.rounds): give at least 1") }
        // Before anything is written: what is refused because it shows a secret must not be kept.
        try options.teacher.check()
        if let judge = options.evaluation.judge.judgeRemote { _ = try Endpoint(judge, dialect: OpenAIChatDialect(model: "")) }
        options.teacher.dialect = options.teacher.dialectName
        options.student.threads = try threadCount(options.student.threads)
        try options.ranking.loss.fill()
        _ = try options.pairing.rules()
        options.teacher.maxTokens = options.teacher.maxTokens ?? source.task.maxTokens ?? 256
        if options.teacher.stop.isEmpty { options.teacher.stop = source.task.stop ?? [] }

        let prompts = source.train.map { RunPrompt(split: .train, prompt: $0) } + source.valid.map { RunPrompt(split: .valid, prompt: $0) }
        let text = try prompts.map { try $0.jsonLine() + Data("\n".utf8) }.reduce(Data(), +)
        let record = RunRecord(
            plad: Plad.version, settings: try Settings(options).values, task: source.task,
            inputs: ["prompts": Digest(of: text).description, "student": try StudentLocation.digest(student)])
        if isRehearsal {
            try self.init(folder: folder, record: record, options: options, prompts: prompts)
            return
        } else if Files.exists(folder.record) {
            try Self.check(record, against: folder)
        } else {
            guard try folder.isFree(for: text) else {
                throw UsageError(
                    "\(folder.url.path) is no run, and holds files: a run would write over them; give an --out that is new or empty")
            }
            // What is refused begins no run.
            _ = try Run(folder: folder, record: record, options: options, prompts: prompts).check()
            try text.write(atomicallyTo: folder.prompts)
            try record.jsonLine().write(atomicallyTo: folder.record)
        }
        try self.init(folder: folder, record: record, options: options)
    }

    /// The run in a folder, as `run.json` describes it.
    init(in path: String) throws {
        let folder = RunFolder(path)
        guard Files.exists(folder.record) else {
            throw UsageError("\(path) is no run: it has no run.json; begin one with plad distill or plad teach")
        }
        let record = try Self.read(folder)
        try self.init(folder: folder, record: record, options: try Settings(values: record.settings).options())
    }

    private init(folder: RunFolder, record: RunRecord, options: DistillOptions, prompts: [RunPrompt]? = nil) throws {
        self.folder = folder
        self.record = record
        self.options = options
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
        if let difference = Settings(values: before.settings).difference(from: Settings(values: record.settings)) {
            throw UsageError(
                "\(name) was begun with --\(difference.flag) \(difference.mine?.canonical ?? "unset"), now it is \(difference.theirs?.canonical ?? "unset"); give the same settings or another --out"
            )
        }
        for (input, digest) in record.inputs.sorted(by: { $0.key < $1.key }) where before.inputs[input] != digest {
            throw UsageError("the \(input) changed since \(name) was begun; restore what it was or give another --out")
        }
    }

    /// Looks at everything that a later stage would refuse, before the teacher is paid: names in the settings, the student's
    /// files, prompts that fill its context. Returns the ids of the latter, which need not be asked.
    func check() throws -> Set<String> {
        let options = options
        let norm = try options.ranking.loss.resolved().norm
        let _: TensorType = try choice(options.student.dtype, "dtype")
        let _: Schedule.Shape = try choice(options.warmUp.warmUpSchedule, "warm-up-schedule")
        guard options.teacher.maxTokens ?? 1 > 0 else {
            throw UsageError("--max-tokens \(options.teacher.maxTokens ?? 0): give at least 1")
        }
        guard options.prompts.pairs ?? 1 > 0 else { throw UsageError("--pairs \(options.prompts.pairs ?? 0): give at least 1") }
        let rules = try options.pairing.rules()
        if rules.prefersMetric, !prompts.contains(where: { !$0.prompt.facts.isEmpty }) {
            throw UsageError("--prefer metric: no prompt has \"facts\", which the metric counts; leave out the flag")
        }
        guard options.evaluation.evaluationSamples >= 0 else {
            throw UsageError("--evaluation-samples \(options.evaluation.evaluationSamples): give 0 or more")
        }
        _ = try AnswerJudge.chosen(in: self)
        guard options.sampling.samples > 0 else { throw UsageError("--samples \(options.sampling.samples): draw at least one") }
        guard options.sampling.temperature.isFinite, options.sampling.temperature >= 0 else {
            throw UsageError("--temperature \(options.sampling.temperature): give 0 or more")
        }
        guard options.sampling.topP > 0, options.sampling.topP <= 1 else {
            throw UsageError("--top-p \(options.sampling.topP): give a share above 0, at most 1")
        }
        guard (0...1e6).contains(options.warmUp.warmUpEpochs) else {
            throw UsageError("--warm-up-epochs \(options.warmUp.warmUpEpochs): give 0 to a million passes")
        }
        if let rate = options.warmUp.warmUpLearningRate, !(rate.isFinite && rate >= 0) {
            throw UsageError("--warm-up-learning-rate \(rate): give a number of 0 or more")
        }
        guard (0...1e9).contains(options.run.checkpointSeconds) else {
            throw UsageError("--checkpoint-seconds \(options.run.checkpointSeconds): give 0 or more")
        }
        let student = try Student(at: try student, threads: 1)
        try options.adapter.attach(to: student, seed: 0)
        _ = try options.ranking.optimiser.settings(
            steps: nil, epochs: options.ranking.epochs, norm: norm, seed: 0, parameters: student.parameterCount,
            guard: options.ranking.guard)
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

    func prompts(_ split: Split) -> [Prompt] {
        prompts.filter { $0.split == split }.map(\.prompt)
    }

    /// The original student's folder.
    var student: URL {
        get throws { try StudentLocation.resolve(options.student.student ?? "") }
    }
}
