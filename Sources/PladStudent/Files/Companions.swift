import Foundation
import PladRecords

/// Locates the files beside a student's weights: in its own folder, or in that of its adapter, which may bring its own tokenizer or
/// chat template.
struct Companions: Sendable {
    /// Names of the tokenizer's files and of the file with the default sampling parameters.
    static let names = [
        "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "chat_template.jinja", "tokenizer.model", "vocab.json", "merges.txt",
    ]

    let folder: URL
    var adapter: URL?

    /// The path of a file, from the adapter or the base model; nil if there is none.
    ///
    /// An adapter's tokenizer.json replaces all of its base's tokenizer; without it, the adapter's other files replace theirs one by
    /// one.
    func file(_ name: String) -> URL? {
        if let own = ownFile(name) { return own }
        if name != "generation_config.json", ownFile("tokenizer.json") != nil { return nil }
        let file = folder.appendingPathComponent(name)
        return Files.exists(file) ? file : nil
    }

    /// The adapter's own file, except `generation_config.json`, which is always the base model's.
    func ownFile(_ name: String) -> URL? {
        guard let file = adapter?.appendingPathComponent(name), name != "generation_config.json", Files.exists(file) else { return nil }
        return file
    }
}
