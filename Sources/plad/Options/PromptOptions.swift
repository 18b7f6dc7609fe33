import ArgumentParser

struct PromptOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The prompts: JSON lines {\"id\",\"prompt\"} or {\"id\",\"messages\"}, a table with a column prompt, plain text with one prompt a line, - for standard input, or a task: a folder of Prompts/.",
            valueName: "file|task"), completion: .file())
    var prompts: String?

    @Option(
        help: ArgumentHelp("The file of held-out prompts, never trained on. By default the task's valid.jsonl.", valueName: "file"),
        completion: .file()
    )
    var valid: String?

    @Option(help: "The share of the prompts to hold out if there is no file of them.")
    var heldOut = 0.1

    @Option(
        help: ArgumentHelp(
            """
            The file of prompts to report on, not used for choosing. By default the task's test.jsonl, else half of the held-out prompts; \
            the others choose the student to keep.
            """, valueName: "file"), completion: .file())
    var test: String?

    @Option(
        help: ArgumentHelp(
            "The file of prompts that are never sent to the teacher: with --rank samples the student's samples of them are ranked by --quality.",
            valueName: "file"), completion: .file())
    var unpaidPrompts: String?

    @Option(help: ArgumentHelp("The largest number of unpaid prompts to sample, the first ones.", valueName: "n"))
    var unpaidLimit: Int?

    @Option(help: ArgumentHelp("The largest number of training prompts, the first ones.", valueName: "n"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "The number of usable pairs after which no further training prompts are asked. By default all are.",
            valueName: "n"))
    var pairs: Int?
}
