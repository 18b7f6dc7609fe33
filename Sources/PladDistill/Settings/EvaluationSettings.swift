public import PladRecords
public import PladTeacher

/// Settings of the evaluation: how students are measured on held-out prompts, and who judges their completions.
public struct EvaluationSettings: Codable, Sendable, Equatable {
    /// Samples of the warmed-up student for each held-out prompt, by which likelihood is held against quality.
    public var samples = 4
    /// True measures the completions of beam search with 4 and with 8 beams too.
    public var beams = false
    public var judge = JudgeSettings()

    public init() {}
}

/// Settings of the judges: a local one, a remote one, or both. They change nothing that is trained.
public struct JudgeSettings: Codable, Sendable, Equatable {
    public var local = LocalJudge.metric
    /// The base URL of a judging model; every pair is put to it in both orders.
    public var remote: String?
    /// The judging model to ask for.
    public var model: String?
    /// The language of the judge's API; nil takes the one that the URL tells.
    public var dialect: String?
    /// Fields added to every request to the judge.
    public var extra: [String: JSONValue] = [:]
    /// The judge's name in the cache, in place of its URL's origin.
    public var id: String?
    /// A file of mode 0600 with the judge's key; nil takes `PLAD_JUDGE_API_KEY`, else where both have one origin the teacher's key.
    public var keyFile: String?
    /// Lets the judge's key go over plain http to another machine than this.
    public var plainHTTP = false
    /// Dollars per million tokens, needed where a budget holds; nil takes the price of plad's table.
    public var price: Price?
    /// The most tokens of a verdict with its reason.
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
    /// The judge that `name` stands for: `metric`, `chrf`, `none`, else a model.
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
