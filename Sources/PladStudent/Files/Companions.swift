import Foundation
import PladRecords

/// Where the files beside a student's weights are: in its folder, or in that of the adapter that it is read with, which may bring a
/// tokenizer or a chat template of its own.
struct Companions: Sendable {
    /// The tokenizer's files, and how the student likes to be sampled.
    static let names = [
        "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "chat_template.jinja", "tokenizer.model", "vocab.json", "merges.txt",
    ]

    let folder: URL
    var adapter: URL?

    /// The file of that name that counts; nil where there is none.
    ///
    /// An adapter's tokenizer.json replaces all of its base's tokenizer; without it, the adapter's other files replace theirs one by one.
    func file(_ name: String) -> URL? {
        if let own = ownFile(name) { return own }
        if name != "generation_config.json", ownFile("tokenizer.json") != nil { return nil }
        let file = folder.appendingPathComponent(name)
        return Files.exists(file) ? file : nil
    }

    /// The adapter's own file; how it likes to be sampled is the base model's to say.
    func ownFile(_ name: String) -> URL? {
        guard let file = adapter?.appendingPathComponent(name), name != "generation_config.json", Files.exists(file) else { return nil }
        return file
    }
}
