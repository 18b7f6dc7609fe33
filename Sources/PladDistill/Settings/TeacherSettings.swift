public import PladRecords
public import PladTeacher

/// Settings of the teacher: whom to ask, how, at what pace and price, and which completions are used.
public struct TeacherSettings: Codable, Sendable, Equatable {
    /// The base URL of its API, with or without `/v1`.
    public var remote: String?
    /// The model to ask for.
    public var model: String?
    /// The language of its API, a name of `Dialects.names`; nil takes the one that the URL tells.
    public var dialect: String?
    /// Headers to send, as `Name: value`; `${NAME}` is taken from the environment, where secrets belong.
    public var headers: [String] = []
    /// Fields added to every request. Null takes a field out, an object is merged with the one there.
    public var extra: [String: JSONValue] = [:]
    /// The teacher's name in the cache, in place of its URL's origin, so that a recording outlives a port.
    public var id: String?
    /// A file of mode 0600 with the key, or `-` for standard input; nil takes the environment's: `PLAD_API_KEY`, else for a
    /// provider's own host its variable, such as `OPENAI_API_KEY`.
    public var keyFile: String?
    /// Lets a key go over plain http to another machine than this.
    public var plainHTTP = false
    /// Variables of the environment whose key is for this teacher, whichever its host; no setting of a run.
    package var keyVariables = ["PLAD_API_KEY"]
    /// Completions of each training prompt.
    public var samples = 1
    /// The sampling temperature.
    public var temperature = 0.0
    /// The most tokens of a completion, teacher's and student's; nil takes the task's, else 256.
    public var maxTokens: Int?
    /// Texts that end a completion.
    public var stop: [String] = []
    /// Requests in flight.
    public var concurrency = 16
    /// The most requests a minute; nil takes what the teacher's headers tell.
    public var requestsPerMinute: Double?
    /// The most tokens a minute, of prompts and completions; nil takes what the teacher's headers tell.
    public var tokensPerMinute: Double?
    /// Seconds until a request counts as failed.
    public var timeout = 120.0
    /// Asks by the provider's batches, at half the price and within a day.
    public var batch = false
    /// Which completions are streamed.
    public var streaming = Streaming.auto
    /// The number of times a request is tried before its prompt counts as failed.
    public var attempts = 6
    /// The most dollars that the cache's account may come to, earlier runs included; nil is no limit.
    public var budget: Double?
    /// Dollars per million tokens; nil takes the price of plad's table.
    public var price: Price?
    /// Keeps completions that read like a refusal; one that the provider marks as refused is dropped all the same.
    public var keepRefusals = false
    /// Goes on without prompts that got no completion.
    public var skipFailed = false
    /// Uses completions that the token limit cut off.
    public var keepTruncated = false
    /// Where completions are kept: a database, or a `.jsonl` recording to replay; nil takes `Cache/plad.sqlite`.
    public var cache: String?
    /// Answers from the cache alone: no connection is made, a missing completion is an error.
    public var replay = false
    /// Asks again, and puts the new completions in the place of kept ones.
    public var refresh = false

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case remote, model, dialect, headers, extra, id, samples, temperature, stop, concurrency, timeout, batch, streaming, attempts,
            budget
        case price, cache, replay, refresh
        case keyFile = "key_file"
        case plainHTTP = "plain_http"
        case maxTokens = "max_tokens"
        case requestsPerMinute = "requests_per_minute"
        case tokensPerMinute = "tokens_per_minute"
        case keepRefusals = "keep_refusals"
        case skipFailed = "skip_failed"
        case keepTruncated = "keep_truncated"
    }

    /// The cache where none is named.
    public static let usualCache = "Cache/plad.sqlite"
}
