package import Foundation
import PladRecords

/// The files that describe a tokenizer, in memory. All but `tokenizer.json` may be absent.
package struct TokenizerFiles: Sendable {
    /// Path of the folder, as errors name it.
    package var folder: String
    /// Contents of `tokenizer.json`.
    package var tokenizer: Data
    /// Contents of `tokenizer_config.json`.
    package var configuration: Data?
    /// Contents of `special_tokens_map.json`.
    package var specialTokens: Data?
    /// Contents of `chat_template.jinja`.
    package var chatTemplate: Data?
    /// Paths of the files that are not in `folder`, by name.
    private var elsewhere: [String: String] = [:]

    package init(folder: String, tokenizer: Data, configuration: Data? = nil, specialTokens: Data? = nil, chatTemplate: Data? = nil) {
        self.folder = folder
        self.tokenizer = tokenizer
        self.configuration = configuration
        self.specialTokens = specialTokens
        self.chatTemplate = chatTemplate
    }

    /// Maps the files of a folder. Throws `TokenizerError.files` when it has no `tokenizer.json`.
    init(folder: URL) throws {
        try self.init(place: folder.path) { name in
            let file = folder.appendingPathComponent(name)
            return Files.exists(file) ? file : nil
        }
    }

    /// Maps files that may lie in several folders. Throws `TokenizerError.files` if there is no `tokenizer.json`, or if one cannot be
    /// mapped.
    ///
    /// - Parameters:
    ///   - place: the folder that errors name for a missing file.
    ///   - file: returns the path of a file by its name; nil if there is none.
    package init(place: String, file: (String) -> URL?) throws {
        var elsewhere: [String: String] = [:]
        func read(_ name: String) throws -> Data? {
            guard let file = file(name) else { return nil }
            if file.path != "\(place)/\(name)" { elsewhere[name] = file.path }
            let data = try Data(reading: file)
            if let reason = ForeignFormat.reason(data) { throw TokenizerError(.files, "\(file.path) \(reason)") }
            return data
        }
        guard let tokenizer = try read("tokenizer.json") else {
            throw TokenizerError(
                .files, "\(place)/tokenizer.json is missing; save the tokenizer with transformers' AutoTokenizer to get it")
        }
        self.init(
            folder: place, tokenizer: tokenizer, configuration: try read("tokenizer_config.json"),
            specialTokens: try read("special_tokens_map.json"), chatTemplate: try read("chat_template.jinja"))
        self.elsewhere = elsewhere
    }

    /// Path of a file, as errors name it.
    func name(_ file: String) -> String { elsewhere[file] ?? "\(folder)/\(file)" }
}
