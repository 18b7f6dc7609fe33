package import Foundation
package import PladRecords

/// Text to token ids and back, as a Hugging Face `tokenizer.json` describes it.
///
/// A text goes through: added tokens that stand in it → normalizer → pre-tokenizer → model → post-processor. Each
/// of these is a protocol in a folder of its own. `truncation` and `padding` of the file are not applied.
package final class Tokenizer: Sendable {
    /// One more than the highest token id, added tokens included.
    package let vocabularySize: Int
    package let beginningOfSequence: TokenID?
    package let endOfSequence: TokenID?
    /// The student's own chat template, where its folder holds one.
    package let chatTemplate: ChatTemplate?

    let normalizer: (any Normalizer)?
    let preTokenizer: (any PreTokenizer)?
    let model: any TokenModel
    let postProcessor: PostProcessor
    let decoder: (any TokenDecoder)?
    let addedTokens: AddedTokens
    /// Whether `decode` removes spaces before punctuation, as `transformers` does when told to.
    let cleansUpSpaces: Bool
    /// Completions are texts of their own, as a decoder behind an encoder reads them, and do not follow a prompt's text.
    let completionsStandAlone: Bool

    /// Reads `tokenizer.json` and, where present, `tokenizer_config.json`, `special_tokens_map.json` and
    /// `chat_template.jinja`.
    ///
    /// Throws `TokenizerError` that names file and field; what plad does not know is refused by its name.
    ///
    /// - Parameter completionsStandAlone: completions do not follow a prompt's text, as with an encoder-decoder.
    package convenience init(folder: URL, completionsStandAlone: Bool = false) throws {
        try self.init(TokenizerFiles(folder: folder), completionsStandAlone: completionsStandAlone)
    }

    /// As `init(folder:)`, from files in memory.
    package init(_ files: TokenizerFiles, completionsStandAlone: Bool = false) throws {
        self.completionsStandAlone = completionsStandAlone
        let configuration = try TokenizerConfiguration(files)
        let parts = try files.tokenizer.withUnsafeBytes { bytes in
            try TokenizerParts(TokenizerFile(bytes.bindMemory(to: UInt8.self), name: files.name("tokenizer.json")), configuration)
        }
        normalizer = parts.normalizer
        preTokenizer = parts.preTokenizer
        model = parts.model
        postProcessor = parts.postProcessor
        decoder = parts.decoder
        addedTokens = parts.addedTokens
        cleansUpSpaces = configuration.cleansUpSpaces && (!(parts.model is BytePairModel) || configuration.cleansUpSpacesOfBytePairs)
        vocabularySize = max(parts.model.vocabulary.size, parts.addedTokens.size)
        let id = { (name: String) in
            configuration.content(of: name).flatMap { parts.addedTokens.ids[$0] ?? parts.model.vocabulary.id(of: $0.utf8) }
        }
        beginningOfSequence = id("bos_token")
        endOfSequence = id("eos_token")
        chatTemplate = configuration.chatTemplate.map { template in
            ChatTemplate(template.source, name: template.name, specialTokens: configuration.specialTokens)
        }
    }

    package func id(of token: String) -> TokenID? {
        addedTokens.ids[token] ?? model.vocabulary.id(of: token.utf8)
    }

    package func token(of id: TokenID) -> String? {
        addedTokens.byID[id]?.content ?? model.vocabulary.spelling(of: id).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What decoding starts from; nil for an id without a token.
    func spelling(of id: TokenID) -> [UInt8]? {
        if let token = addedTokens.byID[id] { return addedTokens.spellings[id] ?? Array(token.content.utf8) }
        return model.vocabulary.spelling(of: id).map(Array.init)
    }
}
