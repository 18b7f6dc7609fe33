public import PladRecords
public import PladTeacher

/// Settings of the evaluation: the measuring of students on held-out prompts, and the judges.
public struct EvaluationSettings: Codable, Sendable, Equatable {
    /// Number of samples of the warmed-up student for each held-out prompt, to compare likelihood with quality.
    public var samples = 4
    /// True measures the completions of beam search with 4 and with 8 beams too.
    public var beams = false
    public var judge = JudgeSettings()

    public init() {}
}

/// Settings of the judges: a local one, a remote one, or both. They do not change the training.
public struct JudgeSettings: Codable, Sendable, Equatable {
    public var local = LocalJudge.metric
    /// Base URL of a judging model; every pair is judged in both orders.
    public var remote: String?
    /// Name of the judging model.
    public var model: String?
    /// Dialect of the judge's API; nil derives it from the URL.
    public var dialect: String?
    /// Fields added to every request to the judge.
    public var extra: [String: JSONValue] = [:]
    /// Name of the judge in the cache, in place of its URL's origin.
    public var id: String?
    /// File of mode 0600 with the judge's key; nil uses `PLAD_JUDGE_API_KEY`, else the teacher's key if both have one origin.
    public var keyFile: String?
    /// True to allow sending the judge's key over plain http to another machine.
    public var plainHTTP = false
    /// Price in dollars per million tokens, required with a budget; nil uses plad's table.
    public var price: Price?
    /// Largest number of tokens in a verdict with its reason.
    public var maxTokens = 512

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case local, remote, model, dialect, extra, id, price
        case keyFile = "key_file"
        case plainHTTP = "plain_http"
        case maxTokens = "max_tokens"
    }
}

/// A judge that needs no network.
public enum LocalJudge: Sendable, Equatable {
    /// Facts kept, then ROUGE-L against the teacher's text, or chrF where ROUGE cannot read the script.
    case metric
    /// Facts kept, then chrF.
    case chrF
    case none
    /// The log-probability under a model: its folder, or `org/name` in the local Hugging Face cache.
    case model(String)
}

extension LocalJudge: Codable {
    /// The judge of a name: `metric`, `chrf`, `none`, else a model.
    public init(_ name: String) {
        self =
            switch name {
            case "metric": .metric
            case "chrf": .chrF
            case "none": .none
            default: .model(name)
            }
    }

    public var name: String {
        switch self {
        case .metric: "metric"
        case .chrF: "chrf"
        case .none: "none"
        case .model(let name): name
        }
    }

    public init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
