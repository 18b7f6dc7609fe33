import PladRecords
import PladTokenizer

/// A GGUF file's tokenizer as tokenizer.json and tokenizer_config.json.
struct GGUFTokenizerReading {
    let file: TokenizerJSON
    /// Content of tokenizer_config.json.
    let settings: JSONValue
    let chatTemplate: String?
    let start: Int?
    /// Ids that end a completion.
    let ends: [Int]

    /// Throws `GGUFError.file` for a kind of tokenizer, or a way to cut texts, that plad does not know.
    init(_ fields: GGUFFields) throws {
        func key(_ name: String) -> String { "tokenizer.ggml.\(name)" }
        let size = try fields.vocabularySize
        guard let tokens = fields.value(key("tokens"))?.array?.compactMap(\.string), !tokens.isEmpty, tokens.count <= size else {
            throw fields.refuse("\(key("tokens")) is missing or longer than the embedding")
        }
        let kinds = fields.value(key("token_type"))?.array?.map { GGUFTokenizer.Kind(rawValue: Int32(clamping: $0.int ?? 0)) ?? .normal }
        guard kinds.map({ $0.count == tokens.count }) ?? true else { throw fields.refuse("\(key("token_type")) has not one entry a token") }
        let kind = { (id: Int) in kinds?[id] ?? .normal }
        let model = try fields.text(key("model"))
        // What llama.cpp takes where a SentencePiece vocabulary names none.
        let usual = model == "llama" ? ["unknown_token_id": 0, "bos_token_id": 1, "eos_token_id": 2] : [:]
        func id(_ name: String) throws -> Int? {
            guard let found = fields.value(key(name)).map({ $0.int ?? -1 }) ?? usual[name] else { return nil }
            guard tokens.indices.contains(found) else {
                throw fields.refuse("\(key(name)) is \(found), and there are \(tokens.count) tokens")
            }
            return found
        }

        var ids: [[UInt8]: Int] = [:]
        for (id, token) in tokens.enumerated() where kind(id) != .unused {
            guard ids.updateValue(id, forKey: Array(token.utf8)) == nil else { throw fields.refuse("the token \(token) stands twice") }
        }
        let added: [JSONValue] = tokens.indices.filter { [.control, .userDefined, .unknown].contains(kind($0)) }.map { id in
            [
                "id": .int(Int64(id)), "content": .string(tokens[id]), "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": .bool(kind(id) != .userDefined),
            ]
        }
        var (parts, rules): ([String: JSONValue], [String: JSONValue])
        switch model {
        case "gpt2": (parts, rules) = try Self.byteLevel(fields)
        case "llama": (parts, rules) = try Self.sentencePiece(fields, tokens, ids, unknown: try id("unknown_token_id"))
        default: throw fields.refuse("\(key("model")) is \(model); plad reads gpt2 and llama")
        }
        start = try id("bos_token_id")
        let addsStart = fields.value(key("add_bos_token"))?.bool ?? (model == "llama")
        if addsStart, let start {
            let token = JSONValue.string(tokens[start])
            let first: JSONValue = ["SpecialToken": ["id": token, "type_id": 0]]
            let text = { (name: JSONValue, type: JSONValue) -> JSONValue in ["Sequence": ["id": name, "type_id": type]] }
            parts["post_processor"] = [
                "type": "TemplateProcessing", "single": [first, text("A", 0)], "pair": [first, text("A", 0), first, text("B", 1)],
                "special_tokens": .object([tokens[start]: ["id": token, "ids": [.int(Int64(start))], "tokens": [token]]]),
            ]
        }
        parts["version"] = "1.0"
        parts["added_tokens"] = .array(added)
        for name in ["truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder"] where parts[name] == nil {
            parts[name] = .null
        }
        let vocabulary = tokens.indices.filter { kind($0) != .unused }.map { (tokens[$0], $0) }
        file = TokenizerJSON(members: parts, model: rules, vocabulary: vocabulary)
        // The end of a turn, where the file has one beside the end of a text.
        let found = try ["eos_token_id", "eot_token_id"].compactMap(id)
        guard let end = found.first else { throw fields.refuse("\(key("eos_token_id")) is missing") }
        ends = found.count > 1 && found[1] != end ? found : [end]
        chatTemplate = fields.value("tokenizer.chat_template")?.string
        var settings: [String: JSONValue] = ["tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": false]
        for (name, place) in [
            ("bos_token", start), ("eos_token", end), ("unk_token", try id("unknown_token_id")), ("pad_token", try id("padding_token_id")),
        ] {
            if let place { settings[name] = .string(tokens[place]) }
        }
        self.settings = .object(settings)
    }

    /// The parts of a byte-level BPE, by llama.cpp's name for its way to cut texts.
    private static func byteLevel(_ fields: GGUFFields) throws -> (members: [String: JSONValue], model: [String: JSONValue]) {
        guard let merges = fields.value("tokenizer.ggml.merges")?.array?.compactMap(\.string) else {
            throw fields.refuse("tokenizer.ggml.merges is missing")
        }
        let pairs = try merges.map { merge in
            let pair = merge.split(separator: " ", omittingEmptySubsequences: false)
            guard pair.count == 2 else { throw fields.refuse("the merge \(merge) is no pair") }
            return JSONValue.array(pair.map { .string(String($0)) })
        }
        func bytes(ownPattern: Bool) -> JSONValue {
            ["type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": .bool(ownPattern)]
        }
        func split(_ pattern: SplitPattern) -> JSONValue {
            .object([
                "type": "Sequence",
                "pretokenizers": [
                    ["type": "Split", "pattern": ["Regex": .string(pattern.source)], "behavior": "Isolated", "invert": false],
                    bytes(ownPattern: false),
                ],
            ])
        }
        let name = try fields.text("tokenizer.ggml.pre")
        var (cut, ignoresMerges, normalizer): (JSONValue, Bool, JSONValue) = (.null, false, .null)
        switch name {
        case "gpt-2", "default": cut = bytes(ownPattern: true)
        case "smollm":
            cut = ["type": "Sequence", "pretokenizers": [["type": "Digits", "individual_digits": true], bytes(ownPattern: true)]]
        case "llama-bpe": (cut, ignoresMerges) = (split(.llama3), true)
        case "smaug-bpe": cut = split(.llama3)
        case "qwen2": (cut, normalizer) = (split(.qwen2), ["type": "NFC"])
        default:
            throw fields.refuse("tokenizer.ggml.pre is \(name); plad reads gpt-2, llama-bpe, qwen2, smaug-bpe, smollm")
        }
        return (
            ["pre_tokenizer": cut, "normalizer": normalizer, "decoder": bytes(ownPattern: true)],
            model(merges: pairs, unknown: nil, ["ignore_merges": .bool(ignoresMerges)])
        )
    }

    /// The parts of SentencePiece's BPE: merges follow from the tokens' scores, as transformers' converter makes them
    /// (`convert_slow_tokenizer.py`, `generate_merges`).
    private static func sentencePiece(
        _ fields: GGUFFields, _ tokens: [String], _ ids: [[UInt8]: Int], unknown: Int?
    ) throws -> (members: [String: JSONValue], model: [String: JSONValue]) {
        guard let scores = fields.value("tokenizer.ggml.scores")?.array?.map({ $0.double ?? 0 }), scores.count == tokens.count else {
            throw fields.refuse("tokenizer.ggml.scores has not one entry a token")
        }
        // Every cut of every token is looked up; published vocabularies stay below a tenth of this.
        var work = 0.0
        for token in tokens { work += Double(token.utf8.count) * Double(token.utf8.count) }
        guard work <= 0x1p30 else { throw fields.refuse("its tokens are too long: the squares of their bytes add up to more than 2^30") }
        var merges: [(left: String, right: String, score: Double, order: [Int])] = []
        for (id, token) in tokens.enumerated() where ids[Array(token.utf8)] == id {
            for place in token.unicodeScalars.indices.dropFirst() {
                let (left, right) = (String(token.unicodeScalars[..<place]), String(token.unicodeScalars[place...]))
                guard let first = ids[Array(left.utf8)], let second = ids[Array(right.utf8)] else { continue }
                merges.append((left, right, scores[id], [id, first, second]))
            }
        }
        merges.sort { $0.score != $1.score ? $0.score > $1.score : $0.order.lexicographicallyPrecedes($1.order) }
        let addsSpace = fields.value("tokenizer.ggml.add_space_prefix")?.bool ?? true
        let replace: JSONValue = ["type": "Replace", "pattern": ["String": " "], "content": "▁"]
        var decoders: [JSONValue] = [
            ["type": "Replace", "pattern": ["String": "▁"], "content": " "], ["type": "ByteFallback"], ["type": "Fuse"],
        ]
        if addsSpace { decoders.append(["type": "Strip", "content": " ", "start": 1, "stop": 0]) }
        return (
            [
                "normalizer": addsSpace
                    ? ["type": "Sequence", "normalizers": [["type": "Prepend", "prepend": "▁"], replace]] : replace,
                "decoder": ["type": "Sequence", "decoders": .array(decoders)],
            ],
            model(
                merges: merges.map { .array([.string($0.left), .string($0.right)]) }, unknown: unknown.map { tokens[$0] },
                ["fuse_unk": true, "byte_fallback": true])
        )
    }

    /// The members of a BPE model but for its vocabulary.
    private static func model(merges: [JSONValue], unknown: String?, _ more: [String: JSONValue]) -> [String: JSONValue] {
        let usual: [String: JSONValue] = [
            "type": "BPE", "dropout": .null, "unk_token": unknown.map { .string($0) } ?? .null, "continuing_subword_prefix": .null,
            "end_of_word_suffix": .null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "merges": .array(merges),
        ]
        return usual.merging(more) { $1 }
    }
}
