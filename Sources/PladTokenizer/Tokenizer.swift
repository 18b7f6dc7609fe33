package import Foundation
package import PladRecords

/// Converts text to token ids and back, as a Hugging Face `tokenizer.json` describes it.
///
/// A text goes through: added tokens found in it → normalizer → pre-tokenizer → model → post-processor. Each of these is a protocol in
/// a folder of its own. `truncation` and `padding` of the file are not applied.
package final class Tokenizer: Sendable {
    /// One more than the highest token id, added tokens included.
    package let vocabularySize: Int
    package let beginningOfSequence: TokenID?
    package let endOfSequence: TokenID?
    /// The student's own chat template, if its folder holds one.
    package let chatTemplate: ChatTemplate?

    let normalizer: (any Normalizer)?
    let preTokenizer: (any PreTokenizer)?
    let model: any TokenModel
    let postProcessor: PostProcessor
    let decoder: (any TokenDecoder)?
    let addedTokens: AddedTokens
    /// True if `decode` removes spaces before punctuation (`clean_up_tokenization_spaces` of `transformers`).
    let cleansUpSpaces: Bool
    /// True if a completion is tokenized as a text by itself, as a decoder behind an encoder reads it, and not as the prompt's
    /// continuation.
    let completionsStandAlone: Bool
    /// True if texts spell special tokens letter by letter (`split_special_tokens` of tokenizer_config.json).
    let splitsSpecialTokens: Bool

    /// Reads `tokenizer.json` and, if present, `tokenizer_config.json`, `special_tokens_map.json` and `chat_template.jinja`.
    ///
    /// Throws `TokenizerError` with file and field, also for a value that plad does not implement.
    ///
    /// - Parameter completionsStandAlone: true if completions do not follow a prompt's text, as with an encoder-decoder.
    package convenience init(folder: URL, completionsStandAlone: Bool = false) throws {
        try self.init(TokenizerFiles(folder: folder), completionsStandAlone: completionsStandAlone)
    }

    /// Makes the tokenizer from files in memory, like `init(folder:)`.
    ///
    /// - Parameter tableSize: number of rows of the model's embedding. Added tokens with higher ids, for example a padding token that
    ///   some program added, have no vector and are left out.
    package init(_ files: TokenizerFiles, completionsStandAlone: Bool = false, tableSize: Int = .max) throws {
        self.completionsStandAlone = completionsStandAlone
        let configuration = try TokenizerConfiguration(files)
        let parts = try files.tokenizer.withUnsafeBytes { bytes in
            try TokenizerParts(
                TokenizerFile(bytes.bindMemory(to: UInt8.self), name: files.name("tokenizer.json")), configuration, tableSize: tableSize)
        }
        splitsSpecialTokens = configuration.splitsSpecialTokens
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
            switch template.source {
            case .success(let source): ChatTemplate(source, name: template.name, specialTokens: configuration.specialTokens)
            case .failure(let error): ChatTemplate(unusable: error, name: template.name)
            }
        }
    }

    /// The id that the chat template writes after an assistant's turn; nil if it writes none of `ids`, or there is no template.
    package func turnEnd(among ids: [TokenID]) -> TokenID? {
        let answer = "plad-answer"
        let turns = [Message(role: "user", content: "plad-question"), Message(role: "assistant", content: answer)]
        guard let text = try? chatTemplate?.render(messages: turns, addGenerationPrompt: false),
            let place = text.range(of: answer, options: .backwards)
        else { return nil }
        let rest = text[place.upperBound...].drop(while: \.isWhitespace)
        let spelled = ids.compactMap { id in token(of: id).map { (id: id, text: $0) } }
        return spelled.filter { !$0.text.isEmpty && rest.hasPrefix($0.text) }.max { $0.text.count < $1.text.count }?.id
    }

    package func id(of token: String) -> TokenID? {
        addedTokens.ids[token] ?? model.vocabulary.id(of: token.utf8)
    }

    package func token(of id: TokenID) -> String? {
        addedTokens.byID[id]?.content ?? model.vocabulary.spelling(of: id).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Spelling of a special token in a text; nil for other tokens, whose spelling is plain text.
    package func specialSpelling(of id: TokenID) -> String? {
        addedTokens.byID[id].flatMap { $0.special ? $0.content : nil }
    }

    /// Bytes that decoding starts from; nil for an id without a token.
    func spelling(of id: TokenID) -> [UInt8]? {
        if let token = addedTokens.byID[id] { return addedTokens.spellings[id] ?? Array(token.content.utf8) }
        return model.vocabulary.spelling(of: id).map(Array.init)
    }
}
