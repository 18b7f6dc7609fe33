import ArgumentParser
import Foundation
import PladDistill
import PladGGUF
import PladRecords
import PladStudent

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a student for llama.cpp, LM Studio or Ollama.",
        discussion: """
            gguf writes one file with weights, tokenizer and chat template. ollama writes a folder with that file and a Modelfile, for \
            ollama create NAME -f OUT/Modelfile. An adapter is merged. A student that llama.cpp would compute otherwise is refused.
            """)

    enum Target: String, CaseIterable, ExpressibleByArgument { case gguf, ollama }

    @Option(help: "The format.")
    var to: Target

    @Option(help: "The type of the matrices. q8_0 rounds each block of 32 values to eight bits and a scale.")
    var type: GGUFType = .f16

    @Argument(help: ArgumentHelp("A run, whose student/ is written, or a Hugging Face model folder, or org/name.", valueName: "student"))
    var student: String

    @Argument(help: ArgumentHelp("The file to write, or for ollama the new folder.", valueName: "out"))
    var out: String

    func run() throws {
        let target = URL(fileURLWithPath: out)
        if to == .ollama { try OutputFolder.check(target) } else { try checkFile(target) }
        let run = RunFolder(student)
        let place = Files.exists(run.record) ? run.student.path : student
        let model = try Student(location: place, threads: 1)
        let name = Files.exists(run.record) ? run.url.standardizedFileURL.lastPathComponent : URL(fileURLWithPath: place).lastPathComponent
        let export = try GGUFExport(model, as: type, name: name)
        switch to {
        case .gguf: try export.write(to: target)
        case .ollama: try OllamaFolder(export, of: model).write(to: target)
        }
        if !export.unblocked.isEmpty {
            Console.say(
                "export: \(export.unblocked.count) matrices are in f16, as their rows hold no whole blocks of \(type.rawValue): "
                    + "\(export.unblocked[0])")
        }
        Console.result(out)
    }

    private func checkFile(_ file: URL) throws {
        guard !Files.exists(file) else {
            throw UsageError("\(file.path) is there already and would be lost; give a new name, or remove it first")
        }
    }
}

extension GGUFType: ExpressibleByArgument {
    init?(argument: String) {
        guard let type = Self.written.first(where: { $0.rawValue == argument }) else { return nil }
        self = type
    }

    static var allValueStrings: [String] { written.map(\.rawValue) }
}
