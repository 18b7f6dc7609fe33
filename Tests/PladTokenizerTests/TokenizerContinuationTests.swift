import Foundation
import PladRecords
import PladTokenizer
import Testing

/// A continuation stands directly behind its prompt: texts concatenate exactly, token by token or at once.
struct TokenizerContinuationTests {
    /// Those whose decoders restore every text: byte-level ones without a normalizer, and SentencePiece with byte fallback.
    static let exact = ["gpt2", "gpt2-split", "llama3", "smollm2", "llama2", "llama2-metaspace", "gemma"].map(RecordedTokenizer.init)

    /// Texts without added tokens that swallow spaces, which no tokenizer gives back.
    private static let texts = RecordedTokenizer.texts.filter { !$0.contains("<|strip|>") && !$0.contains("▁") }

    @Test(arguments: exact)
    func promptAndContinuationConcatenate(recorded: RecordedTokenizer) throws {
        let tokenizer = try recorded.tokenizer()
        var generator = SeededGenerator(seed: 1, "continuation", recorded.name)
        for _ in 0..<500 {
            // An added token keeps its place in a prompt, but its neighbours gain SentencePiece's dummy space.
            let prompt = Self.texts.filter { !$0.contains("<") }.randomElement(using: &generator)!
            let continuation = Self.texts.randomElement(using: &generator)!
            let ids = tokenizer.encodeContinuation(continuation)
            expectEqual(tokenizer.decodeContinuation(ids), continuation, "continuation")
            let promptIDs = tokenizer.encode(prompt, addSpecialTokens: true)
            guard !prompt.isEmpty else { continue }
            let alone = tokenizer.decode(promptIDs, skipSpecialTokens: true)
            expectEqual(tokenizer.decode(promptIDs + ids, skipSpecialTokens: true), alone + continuation, "both")
            // Metaspace itself takes a prompt's first space for its own.
            if recorded.name != "llama2-metaspace" || prompt.first != " " { expectEqual(alone, prompt, "prompt") }
        }
    }

    @Test(arguments: exact)
    func continuationsThatSpellSpecialTokensAreText(recorded: RecordedTokenizer) throws {
        let tokenizer = try recorded.tokenizer()
        let ids = tokenizer.encodeContinuation("</s><|special|> a</s>")
        #expect(!ids.contains(try #require(tokenizer.endOfSequence)))
        expectEqual(tokenizer.decodeContinuation(ids), "</s><|special|> a</s>", "continuation")
    }

    @Test(arguments: RecordedTokenizer.all)
    func streamedPiecesConcatenateToTheWhole(recorded: RecordedTokenizer) throws {
        let tokenizer = try recorded.tokenizer()
        var generator = SeededGenerator(seed: 2, "stream", recorded.name)
        var sequences = RecordedTokenizer.texts.map { tokenizer.encodeContinuation($0) }
        for _ in 0..<300 {
            sequences.append((0..<20).map { _ in TokenID.random(in: -1...TokenID(tokenizer.vocabularySize), using: &generator) })
        }
        for ids in sequences {
            var decoder = tokenizer.streamingDecoder()
            var pieces = ids.map { decoder.append($0) }
            pieces.append(decoder.finish())
            expectEqual(pieces.joined(), tokenizer.decodeContinuation(ids), "\(ids)")
        }
    }

    @Test func incompleteCharactersAreHeldBack() throws {
        let tokenizer = try RecordedTokenizer(name: "gpt2").tokenizer()
        var decoder = tokenizer.streamingDecoder()
        let bytes = try ["Ł", "Ł", "¤"].map { try #require(tokenizer.id(of: $0)) }
        let pieces = try [#require(tokenizer.id(of: "ð")), #require(tokenizer.id(of: "Ł"))].map { decoder.append($0) }
        #expect(pieces == ["", ""])
        #expect(decoder.append(bytes[2]) == "" && decoder.finish() == "\u{FFFD}")
    }

    private func expectEqual(_ text: String, _ expected: String, _ what: String) {
        #expect(Array(text.utf8) == Array(expected.utf8), "\(what): \(text.debugDescription) instead of \(expected.debugDescription)")
    }
}
