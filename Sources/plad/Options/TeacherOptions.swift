import ArgumentParser
import PladTeacher

struct TeacherOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The teacher's base URL, with or without /v1.", valueName: "url"))
    var remote: String?

    @Option(help: ArgumentHelp("The name of the model.", valueName: "name"))
    var teacherModel: String?

    @Option(
        help: ArgumentHelp(
            "The dialect of its API: \(Dialects.names.joined(separator: ", ")). By default derived from its URL.", valueName: "name"),
        completion: .dialects)
    var dialect: String?

    @Option(
        help: ArgumentHelp(
            "A header to send, as 'Name: value'; may be repeated. ${NAME} is read from the environment, where secrets belong.",
            valueName: "header"))
    var header: [String] = []

    @Option(
        help: ArgumentHelp(
            "Adds a field to every request, such as reasoning_effort='\"low\"'; may be repeated. null removes a field, an object is merged with the present one.",
            valueName: "field=json"))
    var extra: [String] = []

    @Option(
        help: ArgumentHelp(
            "The teacher's name in the cache, in place of its URL's origin, so that a recording does not depend on a port.",
            valueName: "name"))
    var teacherID: String?

    @Option(
        help: ArgumentHelp(
            "A file of mode 0600 with the key, or - for standard input. By default PLAD_API_KEY of the environment, or for a provider's own host its variable, such as OPENAI_API_KEY.",
            valueName: "file"), completion: .file())
    var keyFile: String?

    @Flag(name: .customLong("plain-http"), help: "Allow sending the key over plain http to another machine.")
    var plainHTTP = false

    @Option(help: "The number of completions of each training prompt.")
    var teacherSamples = 1

    @Option(help: "The teacher's sampling temperature.")
    var teacherTemperature = 0.0

    @Option(help: "The largest number of tokens in a completion, of the teacher and the student. By default the task's, else 256.")
    var maxTokens: Int?

    @Option(help: ArgumentHelp("A text that ends a completion; may be repeated.", valueName: "text"))
    var stop: [String] = []

    @Option(help: "The number of concurrent requests.")
    var concurrency = 16

    @Option(
        help: ArgumentHelp(
            "The largest number of requests a minute. By default the limit in the teacher's headers, now or in earlier runs.",
            valueName: "number"))
    var requestsPerMinute: Double?

    @Option(
        help: ArgumentHelp(
            "The largest number of tokens a minute, of prompts and completions. By default the limit in the teacher's headers.",
            valueName: "number"))
    var tokensPerMinute: Double?

    @Option(help: "The seconds until a request counts as failed.")
    var timeout = 120.0

    @Flag(
        help:
            "Use the provider's batches, at half the price and within a day: submit the missing requests, wait, continue. Run again, it continues where it stopped."
    )
    var batch = false

    @Option(
        help: ArgumentHelp(
            "The completions to stream, so that a long one is not cut off while it is generated; auto is with a limit above 1,000 tokens.",
            valueName: "when"))
    var stream = Streaming.auto

    @Option(help: "The largest number of attempts at a request before its prompt counts as failed.")
    var attempts = 6

    @Option(
        help: ArgumentHelp(
            "The limit in dollars of the cache's account, earlier runs included (plad cache stats shows it). Asking stops before it is exceeded.",
            valueName: "dollars"))
    var budget: Double?

    @Option(
        help: ArgumentHelp(
            "The price in dollars per million tokens, as in,out. By default from plad's table of known models.", valueName: "in,out"))
    var price: String?

    @Flag(help: "Keep completions that read like a refusal; one that the provider marks as refused is always dropped.")
    var keepRefusals = false

    @Flag(help: "Continue without prompts that got no completion, after all attempts or for lack of budget.")
    var skipFailed = false

    @Flag(help: "Use completions that are cut off or unfinished, without an end token, rather than drop them.")
    var keepTruncated = false

    @Option(
        help: ArgumentHelp(
            "The cache of completions: a database, or a .jsonl recording to replay. By default Cache/plad.sqlite.", valueName: "file"),
        completion: .file())
    var cache: String?

    @Flag(help: "Use the cache only: no connection is made, a missing completion is an error.")
    var replay = false

    @Flag(help: "Ask again, and replace the cached completions.")
    var refresh = false
}
