import ArgumentParser
import Foundation
import PladGGUF
import PladRecords

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a student of a GGUF file.",
        discussion: """
            Writes a Hugging Face folder with the file's weights, widened to float32, its tokenizer and its chat template. Reads the \
            types f32, f16, bf16, q4_0, q4_1, q5_0, q5_1, q8_0 and q2_k to q6_k, of the families llama, qwen2, qwen3 and gpt2.
            """)

    @Argument(help: ArgumentHelp("The GGUF file.", valueName: "file"))
    var file: String

    @Argument(help: ArgumentHelp("The new folder.", valueName: "out"))
    var out: String

    func run() throws {
        let folder = URL(fileURLWithPath: out, isDirectory: true)
        try OutputFolder.check(folder)
        try GGUFImport(URL(fileURLWithPath: file)).write(to: folder)
        Console.result(out)
    }
}
