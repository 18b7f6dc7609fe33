import ArgumentParser

struct StudentOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var student: String?

    @Option(help: "Processor threads. By default all.")
    var threads: Int?

    @Option(help: ArgumentHelp("Number format of the student that is written: f32, bf16 or f16.", valueName: "type"))
    var dtype = "f32"
}
