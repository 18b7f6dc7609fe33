package import Foundation
import PladRecords
import PladTokenizer

extension Student {
    /// The path of a file beside the weights, such as tokenizer.json; nil if there is none.
    package func companion(_ name: String) -> URL? { companions.file(name) }

    /// The Jinja source of the student's chat template, from chat_template.jinja, else from tokenizer_config.json; nil if it has none.
    ///
    /// Throws `RecordError` if a file cannot be read.
    package var chatTemplateSource: String? {
        get throws {
            if let file = companions.file("chat_template.jinja") { return String(decoding: try Data(reading: file), as: UTF8.self) }
            guard let file = companions.file("tokenizer_config.json") else { return nil }
            let template = try JSONValue(parsing: Data(reading: file))["chat_template"]
            return template?.string ?? template?.array?.first { $0["name"]?.string == "default" }?["template"]?.string
        }
    }

    /// Throws `StudentError.files` if a file of the weights was written to since they were mapped.
    package func requireUnchanged() throws { try weights.requireUnchanged() }

    /// True if encoding a prompt puts the beginning-of-sequence token first.
    package var addsBeginning: Bool {
        guard let start = tokenizer.beginningOfSequence else { return false }
        return tokenizer.encode("a", addSpecialTokens: true).first == start
    }
}
