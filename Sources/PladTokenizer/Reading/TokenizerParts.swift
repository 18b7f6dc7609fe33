import PladRecords

/// The parts of a tokenizer, built from its files.
struct TokenizerParts {
    private static let fields: Set = [
        "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model",
    ]

    let normalizer: (any Normalizer)?
    let preTokenizer: (any PreTokenizer)?
    let model: any TokenModel
    let postProcessor: PostProcessor
    let decoder: (any TokenDecoder)?
    let addedTokens: AddedTokens

    /// - Parameter tableSize: added tokens with this id or a higher one are left out.
    init(_ file: TokenizerFile, _ configuration: TokenizerConfiguration, tableSize: Int) throws {
        if let field = file.sections.keys.filter({ !Self.fields.contains($0) }).min() {
            throw TokenizerError(.files, "\(file.name): \"\(field)\" is not known to plad; use a tokenizer without it")
        }
        normalizer = try file.section("normalizer", configuration.prefixSpace).map(Normalizers.make)
        let made = try file.section("pre_tokenizer", configuration.prefixSpace).map(PreTokenizers.make)
        preTokenizer = made?.preTokenizer
        decoder = try file.section("decoder").map(TokenDecoders.make)
        let section = try file.modelSection()
        let model: any TokenModel =
            switch try section.type() {
            case "BPE":
                try BytePairModel.read(
                    section, vocab: file.vocabScanner, merges: file.mergesScanner, readsBytes: made?.bytes ?? false)
            case "Unigram": try UnigramModel(section, vocab: file.vocabScanner)
            case let type: throw section.unknown("type", type, known: "BPE, Unigram")
            }
        if made?.bytes ?? false, !(model is BytePairModel) {
            throw section.failure("type", "is not BPE, the only model that plad reads behind a ByteLevel pre-tokenizer")
        }
        self.model = model
        let addedTokens = try AddedTokens(file, configuration, vocabulary: model.vocabulary, normalizer, tableSize: tableSize)
        self.addedTokens = addedTokens
        postProcessor =
            try file.section("post_processor").map { section in
                try PostProcessor(section) { addedTokens.byID[$0] != nil || model.vocabulary.spelling(of: $0) != nil }
            } ?? PostProcessor()
    }
}
