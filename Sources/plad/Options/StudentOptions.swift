import ArgumentParser
import PladDistill
import PladStudent

struct StudentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"),
        completion: .directory)
    var student: String?

    @Option(help: "The number of processor threads. By default all.")
    var threads: Int?

    @Option(help: ArgumentHelp("The number format of the student that is written.", valueName: "type"))
    var dtype = TensorType.f32

    @Option(
        help: """
            The student written at the end: the best of the untouched, the warmed-up and the ranked ones by the validation \
            prompts, or the last.
            """)
    var install = InstalledStudent.best
}
