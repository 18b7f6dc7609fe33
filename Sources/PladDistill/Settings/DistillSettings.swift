public import PladStudent
public import PladTraining

/// All settings of a run: what is asked, trained and measured, and how.
///
/// A plain value: `validate()` checks it once, `Run` begins with it, and `run.json` keeps it. Every setting has a default but the
/// prompts, the student, the run's folder and, where the teacher is asked, its address and model.
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

/// Settings of the prompts: which there are, and which of them are held out.
public struct PromptSettings: Codable, Sendable, Equatable {
    /// JSON lines of `{"id","prompt"}` or `{"id","messages"}`, a CSV or TSV table with a column `prompt`, plain text a line, `-` for standard input, or a task: a folder with
    /// `task.yaml`, `train.jsonl` and `valid.jsonl`, by its path or its name under `Prompts/`.
    public var source: String?
    /// A file of held-out prompts, which are never trained on; by default the task's `valid.jsonl`.
    public var heldOutFile: String?
    /// The share of the prompts to hold out where there is no file of them, from 0 to below 1.
    public var heldOutShare = 0.1
    /// A file of prompts to report on; by default the task's `test.jsonl`, else half of the held-out prompts.
    public var testFile: String?
    /// A file of prompts that are never put to the teacher: the student's samples of them are ranked by quality.
    public var unpaidFile: String?
    /// The most training prompts that are used, in their order; nil uses all.
    public var limit: Int?
    /// The number of usable pairs that suffices: only as many training prompts are asked as give them. Nil asks every prompt.
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

/// Settings of the student: where it is read, and how it is written.
public struct StudentSettings: Codable, Sendable, Equatable {
    /// A Hugging Face model folder, or `org/name` in the local Hugging Face cache.
    public var model: String?
    /// Processor threads, 1 to 256; nil takes all.
    public var threads: Int?
    /// The number format of the student that is written.
    public var dtype = TensorType.f32
    /// Which of the run's students is written.
    public var install = InstalledStudent.best

    public init() {}
}

/// Which of a run's students becomes `student/`.
public enum InstalledStudent: String, Codable, CaseIterable, Sendable {
    /// The one that answers the validation prompts best: the untouched, the warmed-up, or one of the ranked ones.
    case best
    /// The one of the last stage, whatever it is worth. All held-out prompts are then reported on.
    case last
}

/// Settings of the warm-up: fine-tuning on the teacher's text, before the ranking.
public struct WarmUpSettings: Codable, Sendable, Equatable {
    /// Passes over the teacher's completions.
    public var epochs = 3.0
    /// AdamW's learning rate; nil takes ten times the ranking's default.
    public var learningRate: Double?
    public var schedule = Schedule.Shape.cosine

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case epochs, schedule
        case learningRate = "learning_rate"
    }
}

/// Settings of the student's samples, of which the rejected sides are made.
public struct SamplingSettings: Codable, Sendable, Equatable {
    /// Samples for each prompt.
    public var samples = 1
    /// Divides the logits; 0 always takes the likeliest token. Below 1, samples are likelier than the teacher's text, and ranking
    /// mostly pushes them down.
    public var temperature = 1.0
    /// Only so many of the likeliest tokens are drawn from; 0 keeps all.
    public var topK = 0
    /// Only the likeliest tokens that together reach this probability are drawn from; 1 keeps all.
    public var topP = 1.0
    /// The most unpaid prompts that are sampled, in their order; nil samples all.
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
    /// The run's folder.
    public var folder: String?
    /// Seeds every random stream.
    public var seed: UInt64 = 0
    /// Seconds between checkpoints of training.
    public var checkpointSeconds = 60.0

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case folder, seed
        case checkpointSeconds = "checkpoint_seconds"
    }
}
