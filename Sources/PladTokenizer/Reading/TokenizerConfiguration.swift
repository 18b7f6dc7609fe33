import Foundation
import PladRecords

/// What `tokenizer_config.json`, `special_tokens_map.json` and the chat template files say about a tokenizer.
struct TokenizerConfiguration {
    /// A special token that a configuration names, such as `eos_token`.
    struct NamedToken {
        var name: String
        var content: String
        /// How it matches, where the file says more than its content.
        var flags: Section?
        var place: String
    }

    private static let names = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"]

    private(set) var namedTokens: [NamedToken] = []
    private(set) var cleansUpSpaces = false
    private(set) var cleansUpSpacesOfBytePairs = false
    /// The entries of `added_tokens_decoder`: content by id.
    private(set) var addedTokens: [(id: String, content: String)] = []
    private(set) var chatTemplate: (source: String, name: String)?
    let place: String

    /// Reads the files that are there; a folder may lack all of them.
    init(_ files: TokenizerFiles) throws {
        place = files.name("tokenizer_config.json")
        if let section = try Self.read(files.configuration, name: place) { try read(section) }
        if let section = try Self.read(files.specialTokens, name: files.name("special_tokens_map.json")) {
            for name in Self.names where !namedTokens.contains(where: { $0.name == name }) { try readToken(name, section) }
        }
        if let template = files.chatTemplate {
            let name = files.name("chat_template.jinja")
            guard let source = String(bytes: template, encoding: .utf8) else { throw TokenizerError(.template, "\(name) is not UTF-8") }
            chatTemplate = (source, name)
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
        try readChatTemplate(section)
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

    /// `chat_template` is a template, or a list of named ones, of which `default` is taken.
    private mutating func readChatTemplate(_ section: Section) throws {
        guard let value = section["chat_template"] else { return }
        let name = section.place(of: "chat_template")
        if let source = value.string {
            chatTemplate = (source, name)
        } else {
            let templates = try section.sections("chat_template")
            guard let template = try templates.first(where: { try $0.string("name") == "default" }) else {
                throw section.failure("chat_template", "has no template named \"default\"")
            }
            chatTemplate = (try template.string("template"), "\(name) \"default\"")
        }
    }
}
