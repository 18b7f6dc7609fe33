import ArgumentParser
import PladDistill
import PladStudent

struct StudentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"),
        completion: .directory)
    var student: String?

    @Option(help: "Processor threads. By default all.")
    var threads: Int?

    @Option(help: ArgumentHelp("Number format of the student that is written.", valueName: "type"))
    var dtype = TensorType.f32

    @Option(
        help: """
            Which student is written at the end: the best of the untouched, the warmed-up and the ranked ones, by the validation \
            prompts, or the last.
            """)
    var install = InstalledStudent.best
}
