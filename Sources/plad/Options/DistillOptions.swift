public import ArgumentParser
import PladRecords
import PladStudent

/// Every setting of a run. Command line, `--config` file and `run.json` all spell the same flags.
struct DistillOptions: ParsableArguments, Encodable {
    @OptionGroup(title: "Teacher") var teacher: TeacherOptions
    @OptionGroup(title: "Prompts") var prompts: PromptOptions
    @OptionGroup(title: "Student") var student: StudentOptions
    @OptionGroup(title: "Warm-up on the teacher's text") var warmUp: WarmUpOptions
    @OptionGroup(title: "Samples of the student") var sampling: RunSamplingOptions
    @OptionGroup(title: "Ranking") var ranking: RankingOptions
    @OptionGroup(title: "Low-rank adapter") var adapter: AdapterOptions
    @OptionGroup(title: "Run") var run: RunOptions
}

struct TeacherOptions: ParsableArguments, Encodable {
    @Option(help: ArgumentHelp("The teacher's base URL, with or without /v1.", valueName: "url"))
    var remote: String?

    @Option(help: ArgumentHelp("The model to ask for.", valueName: "name"))
    var teacherModel: String?

    @Option(
        help: ArgumentHelp(
            "Names the teacher in the cache in place of its URL's origin, so that a recording outlives a port.", valueName: "name"))
    var teacherID: String?

    @Option(
        help: ArgumentHelp(
            "A file of mode 0600 with the key, or - for standard input. By default PLAD_API_KEY or OPENAI_API_KEY of the environment.",
            valueName: "file"))
    var keyFile: String?

    @Option(help: "Answers to each training prompt.")
    var teacherSamples = 1

    @Option(help: "The teacher's sampling temperature.")
    var teacherTemperature = 0.0

    @Option(help: "The most tokens of an answer, teacher's and student's. By default the task's, else 256.")
    var maxTokens: Int?

    @Option(help: ArgumentHelp("A text that ends an answer; may be repeated.", valueName: "text"))
    var stop: [String] = []

    @Option(help: "Requests in flight.")
    var concurrency = 16

    @Option(help: "Seconds until a request counts as failed.")
    var timeout = 120.0

    @Option(help: "How often a request is tried before its prompt counts as failed.")
    var attempts = 6

    @Flag(help: "Go on without prompts that the teacher did not answer after all attempts.")
    var skipFailed = false

    @Flag(help: "Use answers that the token limit cut off, without their end, rather than drop them.")
    var keepTruncated = false

    @Option(
        help: ArgumentHelp(
            "Where answers are kept: a database, or a .jsonl recording to replay. By default Cache/plad.sqlite.", valueName: "file"))
    var cache: String?

    @Flag(help: "Answer from the cache alone: no connection is made, a missing answer is an error.")
    var replay = false

    @Flag(help: "Ask again, and put the new answers in the place of kept ones.")
    var refresh = false
}

struct PromptOptions: ParsableArguments, Encodable {
    @Option(
        help: ArgumentHelp(
            "JSON lines {\"id\",\"prompt\"} or {\"id\",\"messages\"}, plain text a line, - for standard input, or a task: a folder of Prompts/.",
            valueName: "file|task"))
    var prompts: String?

    @Option(help: ArgumentHelp("Held-out prompts, never trained on. By default the task's valid.jsonl.", valueName: "file"))
    var valid: String?

    @Option(help: "Share of the prompts to hold out where there is no file of them.")
    var heldOut = 0.1

    @Option(help: ArgumentHelp("Use only the first so many training prompts.", valueName: "n"))
    var limit: Int?
}

struct StudentOptions: ParsableArguments, Encodable {
    @Option(help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var student: String?

    @Option(help: "Processor threads. By default all.")
    var threads: Int?

    @Option(help: ArgumentHelp("Number format of the student that is written: f32, bf16 or f16.", valueName: "type"))
    var dtype = "f32"
}

struct WarmUpOptions: ParsableArguments, Encodable {
    @Option(help: "Passes over the teacher's answers before ranking.")
    var warmUpEpochs = 3.0

    @Option(help: "Learning rate of the warm-up. By default ten times the default of --learning-rate.")
    var warmUpLearningRate: Double?

    @Option(help: "Schedule of the warm-up: constant, cosine, linear or wsd.")
    var warmUpSchedule = "cosine"
}

struct RunSamplingOptions: ParsableArguments, Encodable {
    @Option(help: "Samples of the student for each prompt.")
    var samples = 1

    @Option(help: "The student's sampling temperature.")
    var temperature = 0.7

    @Option(help: "Only the k most likely tokens are drawn from; 0 keeps all.")
    var topK = 40

    @Option(help: "Only the most likely tokens that reach this probability are drawn from; 1 keeps all.")
    var topP = 1.0
}

/// The settings of a loss and its optimiser, for `distill` and `train` alike.
struct RankingOptions: ParsableArguments, Encodable {
    @OptionGroup var loss: LossOptions

    @Option(help: "Passes over the pairs.")
    var epochs = 1.0

    @Option(help: "Rounds of sampling, pairing and ranking.")
    var rounds = 1

    @OptionGroup var optimiser: OptimiserOptions
}

struct LossOptions: ParsableArguments, Encodable {
    @Option(help: ArgumentHelp("The loss: rank, or sft for likelihood alone.", valueName: "name"))
    var loss = "rank"

    @Option(help: "By how many nats the chosen score should exceed the rejected one (PLaD's beta).")
    var margin = 1.0

    @Option(help: "Weight of the chosen completion's negative log-likelihood beside the ranking.")
    var lambda = 0.1

    @Option(help: "Score of a completion: sum of its token log-probabilities, or their mean.")
    var norm = "sum"
}

struct OptimiserOptions: ParsableArguments, Encodable {
    @Option(help: "AdamW's learning rate. By default 1e-5 for 100M parameters, growing with the root of the shrinking size: 1e-4 for 1M.")
    var learningRate: Double?

    @Option(help: "Pairs per optimiser step.")
    var batchSize = 32

    @Option(help: "Learning rate over the steps: constant, cosine, linear or wsd.")
    var schedule = "constant"

    @Option(help: "Share of the steps over which the learning rate first rises.")
    var learningRateWarmUp = 0.0

    @Option(help: "AdamW's weight decay.")
    var weightDecay = 0.0

    @Option(help: "Cut the gradient's norm to this; 0 leaves it.")
    var clip = 1.0

    @Option(help: "The most token rows computed at once; bounds memory, not the batch.")
    var rowsPerPass = 2048
}

struct AdapterOptions: ParsableArguments, Encodable {
    @Option(help: ArgumentHelp("Train a low-rank adapter of this rank, and leave the student's own weights.", valueName: "r"))
    var loraRank: Int?

    @Option(help: "The adapter's change is multiplied by this over its rank. By default twice the rank.")
    var loraAlpha: Double?

    @Option(help: ArgumentHelp("Layers that the adapter changes, such as q_proj,v_proj.", valueName: "names"))
    var loraTargets = LoRA.allLinear
}

struct RunOptions: ParsableArguments, Encodable {
    @Option(help: ArgumentHelp("The run's folder.", valueName: "run"))
    var out: String?

    @Option(help: "Seeds every random stream.")
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("A YAML file of flags without their dashes; flags given here win.", valueName: "file"))
    var config: String?

    @Option(help: "Seconds between checkpoints of training.")
    var checkpointSeconds = 60.0

    @Flag(help: "Print results as JSON.")
    var json = false
}

extension Option: @retroactive Encodable where Value: Encodable {
    /// Options encode as their values, so that a run's settings can be written down.
    public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

extension Flag: @retroactive Encodable where Value: Encodable {
    public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

extension OptionGroup: @retroactive Encodable where Value: Encodable {
    public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}
