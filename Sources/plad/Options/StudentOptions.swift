import ArgumentParser

struct StudentOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var student: String?

    @Option(help: "Processor threads. By default all.")
    var threads: Int?

    @Option(help: ArgumentHelp("Number format of the student that is written: f32, bf16 or f16.", valueName: "type"))
    var dtype = "f32"

    @Option(
        help: """
            Which student is written at the end: best (of the untouched, the warmed-up and the ranked ones, by the validation prompts) \
            or last.
            """)
    var install = "best"
}
