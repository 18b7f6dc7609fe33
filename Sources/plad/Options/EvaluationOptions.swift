import ArgumentParser

/// The flags for the measuring of a run's students.
struct EvaluationOptions: ParsableArguments {
    @Option(help: "Samples of the warmed-up student for each held-out prompt, by which likelihood is held against quality.")
    var evaluationSamples = 4

    @OptionGroup var judge: JudgeOptions
}

/// The flags for the judge of completions. They do not change the training.
struct JudgeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Judges without a network: metric (facts kept, then ROUGE-L against the teacher's text; chrF where ROUGE cannot read the script), chrf (facts kept, then chrF), none, or a model's folder, whose likelihood judges.",
            valueName: "name|dir"))
    var judge = "metric"

    @Option(help: ArgumentHelp("A judging model's base URL; every pair is put to it in both orders.", valueName: "url"))
    var judgeRemote: String?

    @Option(help: ArgumentHelp("The judging model to ask for.", valueName: "name"))
    var judgeModel: String?

    @Option(
        help: ArgumentHelp("The language of the judge's API. By default the one that its URL tells.", valueName: "name"),
        completion: .dialects)
    var judgeDialect: String?

    @Option(
        help: ArgumentHelp(
            "A field laid over every request to the judge, as --extra does for the teacher; may be repeated.", valueName: "field=json"))
    var judgeExtra: [String] = []

    @Option(help: ArgumentHelp("Names the judge in the cache in place of its URL's origin.", valueName: "name"))
    var judgeID: String?

    @Option(
        help: ArgumentHelp(
            "A file of mode 0600 with the judge's key. By default PLAD_JUDGE_API_KEY of the environment, else the teacher's key where both have one origin, or for a provider's own host its variable.",
            valueName: "file"), completion: .file())
    var judgeKeyFile: String?

    @Flag(name: .customLong("judge-plain-http"), help: "Let the judge's key go over plain http to another machine than this.")
    var judgePlainHTTP = false

    @Option(
        help: ArgumentHelp(
            "The judging model's dollars per million tokens, as in,out, where a --budget holds. By default from plad's table.",
            valueName: "in,out"))
    var judgePrice: String?

    @Option(help: "The most tokens of a verdict with its reason.")
    var judgeMaxTokens = 512
}
