import ArgumentParser

/// The flags for the measuring of a run's students.
struct EvaluationOptions: ParsableArguments {
    @Option(help: "The number of samples of the warmed-up student for each held-out prompt, to compare likelihood with quality.")
    var evaluationSamples = 4

    @Flag(help: "Measure the completions of beam search with 4 and 8 beams too.")
    var beams = false

    @OptionGroup var judge: JudgeOptions
}

/// The flags for the judge of completions. They do not change the training.
struct JudgeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The judge without a network: metric (facts kept, then ROUGE-L against the teacher's text, or chrF if ROUGE cannot read the script), chrf (facts kept, then chrF), none, or a model's folder, to judge by likelihood.",
            valueName: "name|dir"))
    var judge = "metric"

    @Option(help: ArgumentHelp("The base URL of a judging model; every pair is judged in both orders.", valueName: "url"))
    var judgeRemote: String?

    @Option(help: ArgumentHelp("The name of the judging model.", valueName: "name"))
    var judgeModel: String?

    @Option(
        help: ArgumentHelp("The dialect of the judge's API. By default derived from its URL.", valueName: "name"),
        completion: .dialects)
    var judgeDialect: String?

    @Option(
        help: ArgumentHelp(
            "Adds a field to every request to the judge, like --extra for the teacher; may be repeated.", valueName: "field=json"))
    var judgeExtra: [String] = []

    @Option(help: ArgumentHelp("The judge's name in the cache, in place of its URL's origin.", valueName: "name"))
    var judgeID: String?

    @Option(
        help: ArgumentHelp(
            "A file of mode 0600 with the judge's key. By default PLAD_JUDGE_API_KEY of the environment, else the teacher's key if both have one origin, or for a provider's own host its variable.",
            valueName: "file"), completion: .file())
    var judgeKeyFile: String?

    @Flag(name: .customLong("judge-plain-http"), help: "Allow sending the judge's key over plain http to another machine.")
    var judgePlainHTTP = false

    @Option(
        help: ArgumentHelp(
            "The judging model's price in dollars per million tokens, as in,out, required with a --budget. By default from plad's table.",
            valueName: "in,out"))
    var judgePrice: String?

    @Option(help: "The largest number of tokens in a verdict with its reason.")
    var judgeMaxTokens = 512
}
