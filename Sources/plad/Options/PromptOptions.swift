import ArgumentParser

struct PromptOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "JSON lines {\"id\",\"prompt\"} or {\"id\",\"messages\"}, a table with a column prompt, plain text a line, - for standard input, or a task: a folder of Prompts/.",
            valueName: "file|task"), completion: .file())
    var prompts: String?

    @Option(
        help: ArgumentHelp("Held-out prompts, never trained on. By default the task's valid.jsonl.", valueName: "file"), completion: .file()
    )
    var valid: String?

    @Option(help: "Share of the prompts to hold out where there is no file of them.")
    var heldOut = 0.1

    @Option(
        help: ArgumentHelp(
            """
            Prompts to report on, of which nothing is chosen by. By default the task's test.jsonl, else half of the held-out prompts; \
            the others choose the student that is kept.
            """, valueName: "file"), completion: .file())
    var test: String?

    @Option(
        help: ArgumentHelp(
            "Prompts that are never put to the teacher: with --rank samples the student's own samples of them are ranked by --quality.",
            valueName: "file"), completion: .file())
    var unpaidPrompts: String?

    @Option(help: ArgumentHelp("Sample only the first so many of the unpaid prompts.", valueName: "n"))
    var unpaidLimit: Int?

    @Option(help: ArgumentHelp("Use only the first so many training prompts.", valueName: "n"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "Ask only as many training prompts as give so many usable pairs, in their order, until prompts or budget run out.",
            valueName: "n"))
    var pairs: Int?
}
