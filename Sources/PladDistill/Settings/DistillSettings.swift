public import PladStudent
public import PladTraining

/// The settings of a run: prompts, teacher, student, training and evaluation.
///
/// A plain value: `validate()` checks it, `Run` starts from it, and `run.json` stores it. Every setting has a default except the
/// prompts, the student, the run's folder and, if the teacher is asked, its address and model.
public struct DistillSettings: Codable, Sendable, Equatable {
    public var teacher = TeacherSettings()
    public var prompts = PromptSettings()
    public var student = StudentSettings()
    public var warmUp = WarmUpSettings()
    public var sampling = SamplingSettings()
    public var quality = QualitySettings()
    public var pairing = PairingSettings()
    public var ranking = RankingSettings()
    public var optimiser = OptimiserSettings()
    public var adapter = AdapterSettings()
    public var evaluation = EvaluationSettings()
    public var run = RunSettings()

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case teacher, prompts, student, sampling, quality, pairing, ranking, optimiser, adapter, evaluation, run
        case warmUp = "warm_up"
    }
}

/// Settings of the prompts: their source, and the held-out ones.
public struct PromptSettings: Codable, Sendable, Equatable {
    /// Source of the prompts: JSON lines of `{"id","prompt"}` or `{"id","messages"}`, a CSV or TSV table with a column `prompt`, plain
    /// text with one prompt a line, `-` for standard input, or a task: a folder with `task.yaml`, `train.jsonl` and `valid.jsonl`, by
    /// its path or its name under `Prompts/`.
    public var source: String?
    /// File of held-out prompts, which are never trained on; by default the task's `valid.jsonl`.
    public var heldOutFile: String?
    /// Share of the prompts to hold out if there is no file of them, from 0 to below 1.
    public var heldOutShare = 0.1
    /// File of prompts to report on; by default the task's `test.jsonl`, else half of the held-out prompts.
    public var testFile: String?
    /// File of prompts that are never sent to the teacher: the student's samples of them are ranked by quality.
    public var unpaidFile: String?
    /// Largest number of training prompts, the first ones; nil is all.
    public var limit: Int?
    /// Number of usable pairs after which no further training prompts are asked. Nil asks every prompt.
    public var pairs: Int?

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case source, limit, pairs
        case heldOutFile = "held_out_file"
        case testFile = "test_file"
        case unpaidFile = "unpaid_file"
        case heldOutShare = "held_out_share"
    }
}

/// Settings of the student: its source, and the form in which it is written.
public struct StudentSettings: Codable, Sendable, Equatable {
    /// Hugging Face model folder, or `org/name` in the local Hugging Face cache.
    public var model: String?
    /// Number of processor threads, 1 to 256; nil is all.
    public var threads: Int?
    /// Number format of the written student.
    public var dtype = TensorType.f32
    /// Student of the run that is written to `student/`.
    public var install = InstalledStudent.best

    public init() {}
}

/// The student of a run that is written to `student/`.
public enum InstalledStudent: String, Codable, CaseIterable, Sendable {
    /// The best student on the validation prompts: the initial, the warmed-up, or a ranked one.
    case best
    /// The student of the last stage, whatever its quality. All held-out prompts are then reported on.
    case last
}

/// Settings of the warm-up: fine-tuning on the teacher's text, before the ranking.
public struct WarmUpSettings: Codable, Sendable, Equatable {
    /// Number of passes over the teacher's completions.
    public var epochs = 3.0
    /// Learning rate of AdamW; nil is ten times the ranking's default.
    public var learningRate: Double?
    public var schedule = Schedule.Shape.cosine

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case epochs, schedule
        case learningRate = "learning_rate"
    }
}

/// Settings of the student's samples, which become the rejected sides.
public struct SamplingSettings: Codable, Sendable, Equatable {
    /// Number of samples for each prompt.
    public var samples = 1
    /// Divisor of the logits; 0 always takes the most likely token. Below 1, samples are more likely than the teacher's text, and
    /// ranking mostly pushes them down.
    public var temperature = 1.0
    /// Number of most likely tokens to draw from; 0 is all.
    public var topK = 0
    /// Probability that the most likely tokens to draw from reach together; 1 is all.
    public var topP = 1.0
    /// Largest number of unpaid prompts to sample, the first ones; nil is all.
    public var unpaidLimit: Int?

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case samples, temperature
        case unpaidLimit = "unpaid_limit"
        case topK = "top_k"
        case topP = "top_p"
    }
}

/// Settings of a run as a whole.
public struct RunSettings: Codable, Sendable, Equatable {
    /// Folder of the run.
    public var folder: String?
    /// Seed of every random stream.
    public var seed: UInt64 = 0
    /// Time between checkpoints of training, in seconds.
    public var checkpointSeconds = 60.0

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case folder, seed
        case checkpointSeconds = "checkpoint_seconds"
    }
}
