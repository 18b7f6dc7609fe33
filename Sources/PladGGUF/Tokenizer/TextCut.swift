import PladRecords
import PladTokenizer

/// How texts are cut before the merges, and what llama.cpp calls it (`tokenizer.ggml.pre`).
struct TextCut {
    let name: String
    /// True for SentencePiece's way: spaces become "▁", and unknown characters bytes.
    var isSentencePiece = false
    /// True if a space is put before the text.
    var addsSpace = false

    /// - Parameter refuse: makes the error for a part of tokenizer.json.
    init(_ file: TokenizerJSON, pairs: [[String]], _ refuse: (String) -> GGUFError) throws {
        let normalizers = Self.parts(file.members["normalizer"], "normalizers")
        let cutters = Self.parts(file.members["pre_tokenizer"], "pretokenizers")
        if file.model["byte_fallback"]?.bool == true {
            self = try Self.sentencePiece(normalizers, cutters, pairs: pairs, refuse)
            return
        }
        // llama.cpp does not normalise; texts are in NFC as good as always.
        if let other = normalizers.first(where: { $0["type"]?.string != "NFC" }) {
            throw refuse("the normalizer \(other["type"]?.string ?? "?")")
        }
        guard let last = cutters.last, last["type"]?.string == "ByteLevel", last["add_prefix_space"]?.bool != true else {
            throw refuse("the pre-tokenizer does not end in ByteLevel without a prefix space")
        }
        let ignoresMerges = file.model["ignore_merges"]?.bool ?? false
        let hasOwnPattern = last["use_regex"]?.bool ?? true
        let known: String?
        switch (cutters.count, hasOwnPattern) {
        case (1, true): known = ignoresMerges ? nil : "gpt-2"
        case (2, true) where cutters[0]["type"]?.string == "Digits" && cutters[0]["individual_digits"]?.bool == true:
            known = ignoresMerges ? nil : "smollm"
        case (2, false) where cutters[0]["type"]?.string == "Split":
            known =
                switch (SplitPattern(source: cutters[0]["pattern"]?["Regex"]?.string ?? ""), ignoresMerges) {
                case (.gpt2, false): "gpt-2"
                case (.llama3, true): "llama-bpe"
                case (.llama3, false): "smaug-bpe"
                case (.qwen2, false): "qwen2"
                default: nil
                }
        default: known = nil
        }
        guard let known else {
            throw refuse(
                "the pre-tokenizer \(file.members["pre_tokenizer"]?.canonical ?? "null")\(ignoresMerges ? " with \"ignore_merges\"" : "")")
        }
        name = known
    }

    private init(name: String, isSentencePiece: Bool, addsSpace: Bool) {
        (self.name, self.isSentencePiece, self.addsSpace) = (name, isSentencePiece, addsSpace)
    }

    /// SentencePiece's BPE as tokenizer.json spells it: "▁" by a normalizer, or by Metaspace.
    private static func sentencePiece(
        _ normalizers: [JSONValue], _ cutters: [JSONValue], pairs: [[String]], _ refuse: (String) -> GGUFError
    ) throws -> TextCut {
        var (addsSpace, replaces) = (false, false)
        for part in normalizers {
            switch part["type"]?.string {
            case "Prepend" where part["prepend"]?.string == "▁": addsSpace = true
            case "Replace" where part["pattern"]?["String"]?.string == " " && part["content"]?.string == "▁": replaces = true
            case let other: throw refuse("the normalizer \(other ?? "?")")
            }
        }
        for part in cutters {
            guard part["type"]?.string == "Metaspace", part["split"]?.bool != true else {
                throw refuse("the pre-tokenizer \(part["type"]?.string ?? "?") of a tokenizer with byte fallback")
            }
            replaces = true
            addsSpace = addsSpace || (part["prepend_scheme"]?.string ?? "always") != "never"
        }
        guard replaces else { throw refuse("spaces do not become ▁") }
        try requireOrderByToken(pairs, refuse)
        return TextCut(name: "default", isSentencePiece: true, addsSpace: addsSpace)
    }

    /// llama.cpp merges by the score of the result: all merges of one token must have one place in the order.
    private static func requireOrderByToken(_ pairs: [[String]], _ refuse: (String) -> GGUFError) throws {
        var seen: Set<[UInt8]> = []
        var current: [UInt8] = []
        for pair in pairs {
            let token = Array(pair.joined().utf8)
            guard token != current else { continue }
            guard seen.insert(token).inserted else { throw refuse("the merges that make \(pair.joined()) do not follow one another") }
            current = token
        }
    }

    private static func parts(_ section: JSONValue?, _ members: String) -> [JSONValue] {
        guard let section, section != .null else { return [] }
        return section["type"]?.string == "Sequence" ? section[members]?.array ?? [] : [section]
    }
}
