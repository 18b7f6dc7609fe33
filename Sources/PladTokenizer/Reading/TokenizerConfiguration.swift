import Foundation
import PladRecords

/// The settings of a tokenizer from `tokenizer_config.json`, `special_tokens_map.json` and the chat template files.
struct TokenizerConfiguration {
    /// A special token that a configuration names, such as `eos_token`.
    struct NamedToken {
        var name: String
        var content: String
        /// The token's matching flags, if the file has more than its content.
        var flags: Section?
        var place: String
    }

    private static let names = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"]

    private(set) var namedTokens: [NamedToken] = []
    private(set) var cleansUpSpaces = false
    private(set) var cleansUpSpacesOfBytePairs = false
    /// The entries of `added_tokens_decoder`: content by id.
    private(set) var addedTokens: [(id: String, content: String)] = []
    /// True if special tokens in a text are tokenized letter by letter.
    private(set) var splitsSpecialTokens = false
    /// Override of tokenizer.json's dummy space by the tokenizer's class.
    private(set) var prefixSpace: PrefixSpace?
    /// Source of the chat template, or the error that explains its absence, and the name of its file.
    private(set) var chatTemplate: (source: Result<String, TokenizerError>, name: String)?
    let place: String

    /// Reads the files that exist; all of them may be missing.
    init(_ files: TokenizerFiles) throws {
        place = files.name("tokenizer_config.json")
        if let section = try Self.read(files.configuration, name: place) { try read(section) }
        if let section = try Self.read(files.specialTokens, name: files.name("special_tokens_map.json")) {
            for name in Self.names where !namedTokens.contains(where: { $0.name == name }) { try readToken(name, section) }
        }
        if let template = files.chatTemplate {
            let name = files.name("chat_template.jinja")
            let source = String(bytes: template, encoding: .utf8)
            chatTemplate = (source.map { .success($0) } ?? .failure(TokenizerError(.template, "\(name) is not UTF-8")), name)
        }
    }

    func content(of name: String) -> String? {
        namedTokens.first { $0.name == name }?.content
    }

    /// The special tokens by name, as chat templates see them.
    var specialTokens: [String: String] {
        Dictionary(namedTokens.map { ($0.name, $0.content) }, uniquingKeysWith: { first, _ in first })
    }

    private static func read(_ data: Data?, name: String) throws -> Section? {
        guard let data else { return nil }
        let value = try data.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes.bindMemory(to: UInt8.self), name: name)
            let value = try scanner.value()
            try scanner.end()
            return value
        }
        return try Section(value, place: name, isWholeFile: true)
    }

    private mutating func read(_ section: Section) throws {
        for name in Self.names { try readToken(name, section) }
        cleansUpSpaces = try section.bool("clean_up_tokenization_spaces", default: false)
        cleansUpSpacesOfBytePairs = try section.bool(
            "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output", default: false)
        for field in ["additional_special_tokens", "extra_special_tokens"] {
            for (index, value) in (section[field]?.array ?? []).enumerated() {
                try readToken("\(field)[\(index)]", value, section)
            }
        }
        if section["added_tokens_decoder"] != nil {
            let tokens = try section.section("added_tokens_decoder")
            for id in tokens.members.keys.sorted() { addedTokens.append((id, try tokens.section(id).string("content"))) }
        }
        splitsSpecialTokens = try section.bool("split_special_tokens", default: false)
        if section["add_prefix_space"] != nil, let type = section["tokenizer_class"]?.string {
            prefixSpace = PrefixSpace(tokenizerClass: type, adds: try section.bool("add_prefix_space"))
        }
        readChatTemplate(section)
    }

    private mutating func readToken(_ name: String, _ section: Section) throws {
        if let value = section[name] { try readToken(name, value, section) }
    }

    private mutating func readToken(_ name: String, _ value: JSONValue, _ section: Section) throws {
        let place = section.place(of: name)
        if let content = value.string {
            namedTokens.append(NamedToken(name: name, content: content, place: place))
        } else {
            let flags = try Section(value, place: place)
            namedTokens.append(NamedToken(name: name, content: try flags.string("content"), flags: flags, place: place))
        }
    }

    /// Reads `chat_template`: a template, or a list of named ones, of which `default` is used. A list without `default` is refused only
    /// when a template is needed.
    private mutating func readChatTemplate(_ section: Section) {
        guard let value = section["chat_template"] else { return }
        let name = section.place(of: "chat_template")
        if let source = value.string {
            chatTemplate = (.success(source), name)
            return
        }
        let named = (value.array ?? []).compactMap { element in
            element["name"]?.string.flatMap { name in element["template"]?.string.map { (name: name, source: $0) } }
        }
        if let template = named.first(where: { $0.name == "default" }) {
            chatTemplate = (.success(template.source), "\(name) \"default\"")
        } else {
            let names = named.isEmpty ? "none that can be read" : named.map { "\"\($0.name)\"" }.joined(separator: ", ")
            let error = TokenizerError(
                .template, "\(name) has no template named \"default\", but \(names); write the one to use as chat_template.jinja")
            chatTemplate = (.failure(error), name)
        }
    }
}
