import ArgumentParser
import PladTeacher

struct TeacherOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The teacher's base URL, with or without /v1.", valueName: "url"))
    var remote: String?

    @Option(help: ArgumentHelp("The model to ask for.", valueName: "name"))
    var teacherModel: String?

    @Option(
        help: ArgumentHelp(
            "The language of its API: \(Dialects.names.joined(separator: ", ")). By default the one that its URL tells.", valueName: "name"),
        completion: .dialects)
    var dialect: String?

    @Option(
        help: ArgumentHelp(
            "A header to send, as 'Name: value'; may be repeated. ${NAME} is taken from the environment, where secrets belong.",
            valueName: "header"))
    var header: [String] = []

    @Option(
        help: ArgumentHelp(
            "A field laid over every request, such as reasoning_effort='\"low\"'; may be repeated. null takes a field out, an object is laid over the one there.",
            valueName: "field=json"))
    var extra: [String] = []

    @Option(
        help: ArgumentHelp(
            "Names the teacher in the cache in place of its URL's origin, so that a recording outlives a port.", valueName: "name"))
    var teacherID: String?

    @Option(
        help: ArgumentHelp(
            "A file of mode 0600 with the key, or - for standard input. By default PLAD_API_KEY of the environment, or for a provider's own host its variable, such as OPENAI_API_KEY.",
            valueName: "file"), completion: .file())
    var keyFile: String?

    @Flag(name: .customLong("plain-http"), help: "Let the key go over plain http to another machine than this.")
    var plainHTTP = false

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

    @Option(
        help: ArgumentHelp(
            "The most requests a minute. Without it what the teacher's headers tell, now or in earlier runs.", valueName: "number"))
    var requestsPerMinute: Double?

    @Option(
        help: ArgumentHelp(
            "The most tokens a minute, of prompts and answers. Without it what the teacher's headers tell.", valueName: "number"))
    var tokensPerMinute: Double?

    @Option(help: "Seconds until a request counts as failed.")
    var timeout = 120.0

    @Flag(
        help:
            "Ask by the provider's batches, at half the price and within a day: submit what is missing, wait, go on. Given again, it goes on where it was stopped."
    )
    var batch = false

    @Option(
        help: ArgumentHelp(
            "When answers are streamed, so that a long one is not cut off while it is made; auto is above 1,000 tokens.",
            valueName: "when"))
    var stream = Streaming.auto

    @Option(help: "How often a request is tried before its prompt counts as failed.")
    var attempts = 6

    @Option(
        help: ArgumentHelp(
            "The most dollars that the cache's account may come to, earlier runs included (plad cache stats shows it). Asking stops before it is passed.",
            valueName: "dollars"))
    var budget: Double?

    @Option(
        help: ArgumentHelp("Dollars per million tokens, as in,out. By default from plad's table of known models.", valueName: "in,out"))
    var price: String?

    @Flag(help: "Keep answers that read like a refusal; one that the provider marks as refused is dropped all the same.")
    var keepRefusals = false

    @Flag(help: "Go on without prompts that got no answer, after all attempts or for want of budget.")
    var skipFailed = false

    @Flag(help: "Use answers that are cut off or unfinished, without their end, rather than drop them.")
    var keepTruncated = false

    @Option(
        help: ArgumentHelp(
            "Where answers are kept: a database, or a .jsonl recording to replay. By default Cache/plad.sqlite.", valueName: "file"),
        completion: .file())
    var cache: String?

    @Flag(help: "Answer from the cache alone: no connection is made, a missing answer is an error.")
    var replay = false

    @Flag(help: "Ask again, and put the new answers in the place of kept ones.")
    var refresh = false
}
