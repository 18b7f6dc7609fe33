package import Foundation
import PladRecords

/// The files that describe a tokenizer, in memory. All but `tokenizer.json` may be absent.
package struct TokenizerFiles: Sendable {
    /// What errors name the files after.
    package var folder: String
    /// `tokenizer.json`
    package var tokenizer: Data
    /// `tokenizer_config.json`
    package var configuration: Data?
    /// `special_tokens_map.json`
    package var specialTokens: Data?
    /// `chat_template.jinja`
    package var chatTemplate: Data?

    package init(folder: String, tokenizer: Data, configuration: Data? = nil, specialTokens: Data? = nil, chatTemplate: Data? = nil) {
        self.folder = folder
        self.tokenizer = tokenizer
        self.configuration = configuration
        self.specialTokens = specialTokens
        self.chatTemplate = chatTemplate
    }

    /// Maps the files of a folder. Throws `TokenizerError.files` when it has no `tokenizer.json`.
    init(folder: URL) throws {
        let read = { (name: String) -> Data? in
            let file = folder.appendingPathComponent(name)
            return Files.exists(file) ? try Data(reading: file) : nil
        }
        guard let tokenizer = try read("tokenizer.json") else {
            throw TokenizerError(
                .files, "\(folder.path)/tokenizer.json is missing; save the tokenizer with transformers' AutoTokenizer to get it")
        }
        self.init(
            folder: folder.path, tokenizer: tokenizer, configuration: try read("tokenizer_config.json"),
            specialTokens: try read("special_tokens_map.json"), chatTemplate: try read("chat_template.jinja"))
    }

    /// How errors name a file.
    func name(_ file: String) -> String { "\(folder)/\(file)" }
}
