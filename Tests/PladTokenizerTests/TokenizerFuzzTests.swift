import Foundation
import PladRecords
import PladTestSupport
import PladTokenizer
import Testing

/// Damaged tokenizers never crash or hang: they load and work, or a `TokenizerError` says why not.
struct TokenizerFuzzTests {
    @Test(arguments: RecordedTokenizer.all)
    func damagedTokenizersAreRefusedOrWork(recorded: RecordedTokenizer) throws {
        let read = { (name: String) in try Data(contentsOf: recorded.folder.appendingPathComponent(name)) }
        let (tokenizer, configuration) = (try read("tokenizer.json"), try read("tokenizer_config.json"))
        let share = 1 / Double(RecordedTokenizer.all.count)
        try Fuzzing(name: "\(recorded.name) tokenizer.json", share: 0.3 * share).run([[UInt8](tokenizer)], isJSON: true) { bytes, mutator in
            try use(TokenizerFiles(folder: recorded.name, tokenizer: Data(bytes), configuration: configuration), &mutator)
        }
        let originals = [configuration, Data(#"{"chat_template": [{"name": "default", "template": "x"}], "pad_token": null}"#.utf8)]
        try Fuzzing(name: "\(recorded.name) configuration", share: 0.05 * share).run(originals.map([UInt8].init), isJSON: true) {
            bytes, mutator in
            let (first, second) = mutator.pick(2) == 0 ? (Data(bytes), nil) : (configuration, Data(bytes))
            try use(TokenizerFiles(folder: recorded.name, tokenizer: tokenizer, configuration: first, specialTokens: second), &mutator)
        }
    }

    /// Encodes and decodes with a tokenizer that is not what it was.
    private func use(_ files: TokenizerFiles, _ mutator: inout Mutator) throws {
        let tokenizer = try Tokenizer(files)
        let text = RecordedTokenizer.texts[mutator.pick(RecordedTokenizer.texts.count)]
        let ids = tokenizer.encode(text, addSpecialTokens: true) + tokenizer.encodeContinuation(text)
        #expect(ids.allSatisfy { $0 >= 0 && Int($0) < tokenizer.vocabularySize })
        _ = tokenizer.decode(ids + [-1, .max], skipSpecialTokens: false)
        var decoder = tokenizer.streamingDecoder()
        #expect(Array((ids.map { decoder.append($0) }.joined() + decoder.finish()).utf8) == Array(tokenizer.decodeContinuation(ids).utf8))
    }
}
