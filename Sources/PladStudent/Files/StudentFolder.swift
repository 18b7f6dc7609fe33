package import Foundation
import PladRecords

/// Writes a student as a Hugging Face folder.
package enum StudentFolder {
    /// Builds the folder beside its place, then moves it there as a whole; replaces what was there before.
    ///
    /// Throws `RecordError.unwritable`, and `StudentError.files` if the weights are in a file that was overwritten.
    static func write(
        _ weights: Weights, as type: TensorType, configuration: ConfigurationFile, companions: Companions, chatTemplate: String? = nil,
        to folder: URL
    ) throws {
        try replace(folder) { partial in
            try Data(configurationText(configuration.text, type).utf8).write(atomicallyTo: partial.appendingPathComponent("config.json"))
            for name in Companions.names {
                guard let file = companions.file(name) else { continue }
                var data = try Data(reading: file)
                if name == "tokenizer_config.json", chatTemplate != nil { data = withoutChatTemplate(data) }
                try data.write(atomicallyTo: partial.appendingPathComponent(name))
            }
            if let chatTemplate { try Data(chatTemplate.utf8).write(atomicallyTo: partial.appendingPathComponent("chat_template.jinja")) }
            try Safetensors.write(weights, as: type, to: partial.appendingPathComponent("model.safetensors"))
            try weights.requireUnchanged()
        }
    }

    /// tokenizer_config.json without the template that chat_template.jinja replaces: readers that know only the older place would word
    /// prompts otherwise. All other bytes stay as they are.
    static func withoutChatTemplate(_ data: Data) -> Data {
        guard (try? JSONValue(parsing: data))?["chat_template"] != nil else { return data }
        var text = MemberText(data)
        while let place = text.member("chat_template") { text.remove(place) }
        return Data(text.bytes)
    }

    /// Replaces a folder by the one that `build` fills.
    package static func replace(_ folder: URL, _ build: (_ partial: URL) throws -> Void) throws {
        let partial = folder.deletingLastPathComponent().appendingPathComponent(".\(folder.lastPathComponent).partial")
        let previous = self.previous(of: folder)
        // Killed between two renames: what stood there is put back first, and is then replaced or not as a whole.
        if !Files.exists(folder), Files.exists(previous) { try rename(previous, folder) }
        try? FileManager.default.removeItem(at: partial)
        defer { try? FileManager.default.removeItem(at: partial) }
        try Files.makeFolder(partial)
        try build(partial)
        try move(partial, to: folder)
    }

    /// Moves a complete folder over another one. Between the two renames the old one is at `.NAME.previous`.
    private static func move(_ complete: URL, to folder: URL) throws {
        let previous = previous(of: folder)
        try? FileManager.default.removeItem(at: previous)
        defer { try? FileManager.default.removeItem(at: previous) }
        let replaces = Files.exists(folder)
        if replaces { try rename(folder, previous) }
        do {
            try rename(complete, folder)
        } catch {
            if replaces { try rename(previous, folder) }
            throw error
        }
    }

    private static func previous(of folder: URL) -> URL {
        folder.deletingLastPathComponent().appendingPathComponent(".\(folder.lastPathComponent).previous")
    }

    private static func rename(_ from: URL, _ to: URL) throws {
        guard Foundation.rename(from.path, to.path) == 0 else {
            throw RecordError(.unwritable, "cannot rename \(from.path) to \(to.path): \(String(cString: strerror(errno)))")
        }
    }

    /// The text of config.json with another type of the weights, which older and newer readers look up under two names.
    static func configurationText(_ text: String, _ type: TensorType) -> String {
        let keys = ["dtype", "torch_dtype"].filter { member($0, in: text) != nil }
        return (keys.isEmpty ? ["torch_dtype"] : keys).reduce(text) { setting($1, to: "\"\(type.torchName)\"", in: $0) }
    }

    /// The text of a JSON object with another value for a member, which is inserted first if it is missing.
    ///
    /// - Parameter value: JSON text; the present value must be a string, true, false or null.
    static func setting(_ key: String, to value: String, in text: String) -> String {
        var text = text
        if let place = member(key, in: text) {
            text.replaceSubrange(place, with: "\"\(key)\": \(value)")
        } else if let brace = text.firstIndex(of: "{") {
            let empty = text[text.index(after: brace)...].first { !$0.isWhitespace } == "}"
            text.insert(contentsOf: "\n  \"\(key)\": \(value)\(empty ? "" : ",")", at: text.index(after: brace))
        }
        return text
    }

    private static func member(_ key: String, in text: String) -> Range<String.Index>? {
        text.firstRange(of: try! Regex("\"\(key)\"\\s*:\\s*(\"[^\"]*\"|null|true|false)"))
    }
}
