public import PladRecords
public import PladTeacher

/// Settings of the teacher: its address, requests, rate and price, and the choice of completions.
public struct TeacherSettings: Codable, Sendable, Equatable {
    /// Base URL of its API, with or without `/v1`.
    public var remote: String?
    /// Name of the model.
    public var model: String?
    /// Dialect of its API, a name of `Dialects.names`; nil derives it from the URL.
    public var dialect: String?
    /// Headers to send, as `Name: value`; `${NAME}` is read from the environment, where secrets belong.
    public var headers: [String] = []
    /// Fields added to every request. Null removes a field, an object is merged with the present one.
    public var extra: [String: JSONValue] = [:]
    /// Name of the teacher in the cache, in place of its URL's origin, so that a recording does not depend on a port.
    public var id: String?
    /// File of mode 0600 with the key, or `-` for standard input; nil uses the environment: `PLAD_API_KEY`, else for a provider's own
    /// host its variable, such as `OPENAI_API_KEY`.
    public var keyFile: String?
    /// True to allow sending a key over plain http to another machine.
    public var plainHTTP = false
    /// Environment variables whose key is for this teacher on any host; not a setting of a run.
    package var keyVariables = ["PLAD_API_KEY"]
    /// Number of completions of each training prompt.
    public var samples = 1
    /// Sampling temperature.
    public var temperature = 0.0
    /// Largest number of tokens in a completion, of the teacher and the student; nil is the task's, else 256.
    public var maxTokens: Int?
    /// Texts that end a completion.
    public var stop: [String] = []
    /// Largest number of concurrent requests.
    public var concurrency = 16
    /// Largest number of requests a minute; nil follows the teacher's headers.
    public var requestsPerMinute: Double?
    /// Largest number of tokens a minute, of prompts and completions; nil follows the teacher's headers.
    public var tokensPerMinute: Double?
    /// Time in seconds after which a request counts as failed.
    public var timeout = 120.0
    /// True to use the provider's batches, at half the price and within a day.
    public var batch = false
    /// Choice of the completions to stream.
    public var streaming = Streaming.auto
    /// Largest number of attempts at a request before its prompt counts as failed.
    public var attempts = 6
    /// Limit of the cache's account in dollars, earlier runs included; nil is no limit.
    public var budget: Double?
    /// Price in dollars per million tokens; nil uses plad's table.
    public var price: Price?
    /// True to keep completions that read like a refusal; one that the provider marks as refused is always dropped.
    public var keepRefusals = false
    /// True to continue without prompts that got no completion.
    public var skipFailed = false
    /// True to use completions that the token limit cut off.
    public var keepTruncated = false
    /// File that stores completions: a database, or a `.jsonl` recording to replay; nil is `Cache/plad.sqlite`.
    public var cache: String?
    /// True to use the cache only: no connection is made, a missing completion is an error.
    public var replay = false
    /// True to ask again, and replace the cached completions.
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

    /// Default path of the cache.
    public static let usualCache = "Cache/plad.sqlite"
}
