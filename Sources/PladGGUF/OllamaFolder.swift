package import Foundation
import PladRecords
package import PladStudent
import PladTokenizer

/// A folder for `ollama create`: `model.gguf` and a Modelfile with the wording of prompts, the texts that end a completion, and greedy
/// sampling (Ollama's `docs/modelfile.md`).
///
/// Ollama does not run Jinja: the wording is the student's chat template around one user's message, with a system message before it if
/// the template has a place for one. Longer conversations are worded by Ollama as repetitions of it.
package struct OllamaFolder {
    private let export: GGUFExport
    private let student: Student

    package init(_ export: GGUFExport, of student: Student) {
        self.export = export
        self.student = student
    }

    /// Writes the new folder. Throws `TokenizerError.template` if the chat template cannot be rendered, and what `GGUFExport.write` throws.
    package func write(to folder: URL) throws {
        let modelfile = try text
        try Files.makeFolder(folder)
        try export.write(to: folder.appendingPathComponent("model.gguf"))
        try Data(modelfile.utf8).write(atomicallyTo: folder.appendingPathComponent("Modelfile"))
    }

    /// The Modelfile.
    var text: String {
        get throws {
            let wording = try template
            guard !wording.contains("\"\"\"") else {
                throw GGUFError(.tokenizer, "the chat template writes three quotation marks in a row, which end a Modelfile's text")
            }
            var lines = ["FROM ./model.gguf", "TEMPLATE \(Self.quoted(wording))"]
            for id in student.endOfSequence {
                if let spelling = student.tokenizer.specialSpelling(of: id) { lines.append("PARAMETER stop \(Self.quoted(spelling))") }
            }
            lines += ["PARAMETER temperature 0", "PARAMETER num_ctx \(student.configuration.contextLength)"]
            return lines.joined(separator: "\n") + "\n"
        }
    }

    /// The Go template of the wording; the bare prompt for a student without a chat template.
    private var template: String {
        get throws {
            guard let template = student.tokenizer.chatTemplate else { return "{{ .Prompt }}{{ .Response }}" }
            func parts(_ messages: [Message]) throws -> [String] {
                // A first token that the tokenizer adds by itself would come twice.
                var text = try template.render(messages: messages, addGenerationPrompt: true)
                let start = student.tokenizer.beginningOfSequence.flatMap { student.tokenizer.specialSpelling(of: $0) } ?? ""
                if !start.isEmpty, text.hasPrefix(start), student.addsBeginning { text.removeFirst(start.count) }
                return text.components(separatedBy: Self.mark)
            }
            let user = Message(role: "user", content: Self.mark)
            let alone = try parts([user])
            guard alone.count == 2 else {
                throw GGUFError(.tokenizer, "the chat template does not write a user's message once and whole, so no Ollama template can")
            }
            let plain = Self.escaped(alone[0]) + "{{ .Prompt }}" + Self.escaped(alone[1])
            // A template that refuses system messages, or loses them, has no place for one.
            guard let both = try? parts([Message(role: "system", content: Self.mark), user]), both.count == 3 else {
                return plain + "{{ .Response }}"
            }
            let withSystem = Self.escaped(both[0]) + "{{ .System }}" + Self.escaped(both[1]) + "{{ .Prompt }}" + Self.escaped(both[2])
            return "{{ if .System }}\(withSystem){{ else }}\(plain){{ end }}{{ .Response }}"
        }
    }

    private static let mark = "plad-message"

    /// A text as a Go template writes it: braces that would open an action are put into one.
    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "{{", with: "{{ \"{{\" }}")
    }

    /// A Modelfile's argument of several lines.
    private static func quoted(_ text: String) -> String { "\"\"\"\(text)\"\"\"" }
}
