import PladRecords

/// The `add_prefix_space` flag of tokenizer_config.json, for tokenizer classes that rebuild their parts and let the flag override
/// tokenizer.json (transformers 5, `tokenization_gpt2.py`, `tokenization_qwen2.py`, `tokenization_llama.py`). Other classes ignore it.
struct PrefixSpace {
    private enum Builder { case byteLevel, metaspace }

    private let builder: Builder
    private let adds: Bool

    /// Nil for a class that ignores the flag.
    init?(tokenizerClass: String, adds: Bool) {
        switch tokenizerClass.hasSuffix("Fast") ? String(tokenizerClass.dropLast(4)) : tokenizerClass {
        case "GPT2Tokenizer", "Qwen2Tokenizer": builder = .byteLevel
        case "LlamaTokenizer": builder = .metaspace
        default: return nil
        }
        self.adds = adds
    }

    /// The section of tokenizer.json after the class has applied the flag; nil if the class drops it.
    func applied(to section: JSONValue) -> JSONValue? {
        guard var members = section.object else { return section }
        switch (section["type"]?.string, builder) {
        case ("ByteLevel", .byteLevel): members["add_prefix_space"] = .bool(adds)
        case ("Metaspace", .metaspace) where !adds:
            members["prepend_scheme"] = "never"
            members["add_prefix_space"] = nil
        case ("Prepend", .metaspace) where !adds: return nil
        case ("Sequence", _):
            for key in ["normalizers", "pretokenizers"] {
                if let list = members[key]?.array { members[key] = .array(list.compactMap(applied)) }
            }
        default: break
        }
        return .object(members)
    }
}
