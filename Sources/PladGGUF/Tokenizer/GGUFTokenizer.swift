import Foundation
import PladRecords
import PladStudent
import PladTokenizer

/// A student's tokenizer in the words of llama.cpp (`src/llama-vocab.cpp`): tokens, their kinds, merges or scores, and the chat template.
struct GGUFTokenizer {
    let metadata: [(String, GGUFValue)]

    /// Kinds of tokens (`llama_token_type`).
    enum Kind: Int32 {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    /// Reads the student's tokenizer.json. Throws `GGUFError.tokenizer` for one that llama.cpp would cut texts otherwise by.
    init(_ student: Student) throws {
        let place = student.companion("tokenizer.json")!
        let file = try TokenizerJSON(reading: place)
        let model = file.model
        func refuse(_ what: String) -> GGUFError {
            GGUFError(.tokenizer, "\(place.path): \(what): llama.cpp has no tokenizer that does the same")
        }
        guard model["type"]?.string ?? "BPE" == "BPE", let merges = model["merges"]?.array else {
            throw refuse("the model is \(model["type"]?.string ?? "unnamed"), not BPE")
        }
        let pairs = try merges.map { merge in
            guard let pair = merge.array?.compactMap(\.string) ?? merge.string.map({ $0.split(separator: " ").map(String.init) }),
                pair.count == 2
            else { throw refuse("a merge is no pair: \(merge.canonical)") }
            return pair
        }
        let size = student.configuration.vocabularySize
        var tokens = (0..<size).map { "[PAD\($0)]" }
        var kinds = [Kind](repeating: .unused, count: size)
        for (token, id) in file.vocabulary {
            guard (0..<size).contains(id) else { throw refuse("the token \(token) has no id of the embedding") }
            (tokens[id], kinds[id]) = (token, .normal)
        }
        let cut = try TextCut(file, pairs: pairs, refuse)
        if cut.isSentencePiece {
            for id in 0..<size where kinds[id] == .normal && Self.isByte(tokens[id]) { kinds[id] = .byte }
            if let unknown = model["unk_token"]?.string, let id = student.tokenizer.id(of: unknown) { kinds[Int(id)] = .unknown }
        }
        for added in file.members["added_tokens"]?.array ?? [] {
            guard let id = added["id"]?.int, let content = added["content"]?.string, (0..<size).contains(id) else { continue }
            let isSpecial = added["special"]?.bool ?? false
            if let flag = ["lstrip", "rstrip", "single_word"].first(where: { added[$0]?.bool == true }) {
                throw refuse("the added token \(content) has \"\(flag)\"")
            }
            // Found in the text as it is, not in the one whose spaces have become marks.
            if cut.isSentencePiece, !isSpecial, added["normalized"]?.bool ?? true {
                throw refuse("the added token \(content) is looked for in the normalised text")
            }
            tokens[id] = content
            if kinds[id] != .unknown { kinds[id] = isSpecial ? .control : .userDefined }
        }
        var values: [(String, GGUFValue)] = [
            ("model", .string(cut.isSentencePiece ? "llama" : "gpt2")), ("pre", .string(cut.name)), ("tokens", .strings(tokens)),
            ("token_type", .int32s(kinds.map(\.rawValue))),
        ]
        if cut.isSentencePiece {
            values.append(("scores", .float32s(Self.scores(of: tokens, pairs))))
            values.append(("add_space_prefix", .bool(cut.addsSpace)))
        } else {
            values.append(("merges", .strings(pairs.map { $0.joined(separator: " ") })))
        }
        let tokenizer = student.tokenizer
        let ids: [(String, TokenID?)] = [
            ("bos_token_id", tokenizer.beginningOfSequence), ("eos_token_id", student.endOfSequence.first),
            ("unknown_token_id", model["unk_token"]?.string.flatMap { tokenizer.id(of: $0) }),
        ]
        for (key, id) in ids { if let id { values.append((key, .uint32(UInt32(id)))) } }
        // What `encode` adds around a text.
        let (bare, whole) = (tokenizer.encode("a", addSpecialTokens: false), tokenizer.encode("a", addSpecialTokens: true))
        let start = tokenizer.beginningOfSequence.map { [$0] } ?? []
        let end = student.endOfSequence.prefix(1)
        let addsStart = !start.isEmpty && whole.starts(with: start + bare), addsEnd = whole.count > bare.count && whole.last == end.first
        guard whole == (addsStart ? start : []) + bare + (addsEnd ? Array(end) : []) else {
            throw refuse("its post-processor adds other tokens than the first and the last of a sequence")
        }
        values += [("add_bos_token", .bool(addsStart)), ("add_eos_token", .bool(addsEnd))]
        metadata =
            values.map { ("tokenizer.ggml.\($0)", $1) }
            + (try student.chatTemplateSource.map { [("tokenizer.chat_template", .string($0))] } ?? [])
    }

    /// `<0x0A>` of a vocabulary that falls back to bytes.
    private static func isByte(_ token: String) -> Bool {
        token.utf8.count == 6 && token.hasPrefix("<0x") && token.hasSuffix(">")
    }

    /// The order of merges as SentencePiece's scores: the earlier a token's first merge, the higher. Tokens that no merge makes have 0.
    private static func scores(of tokens: [String], _ pairs: [[String]]) -> [Float] {
        // By bytes: Unicode takes some different tokens for equal.
        var rank: [[UInt8]: Int] = [:]
        for token in pairs.map({ Array($0.joined().utf8) }) where rank[token] == nil { rank[token] = rank.count + 1 }
        return tokens.map { -Float(rank[Array($0.utf8)] ?? 0) }
    }
}
