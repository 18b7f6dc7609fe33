import Foundation
import PladRecords
import PladTestSupport
import PladTokenizer
import Testing

/// What Hugging Face computes, as make_tokenizers.py recorded it.
struct RecordedTokenizer: CustomTestStringConvertible, Sendable {
    struct Expected: Decodable {
        var size: Int
        var ids: [[TokenID]]
        var idsPlain: [[TokenID]]
        var decoded: [String]
        var decodedSkipping: [String]
        var drawn: [[TokenID]]
        var drawnDecoded: [String]
    }

    let name: String

    var folder: URL { TokenizerFixtures.folder.appendingPathComponent(name) }
    var testDescription: String { name }

    func tokenizer() throws -> Tokenizer { try Tokenizer(folder: folder) }

    func expected() throws -> Expected {
        try JSONDecoder().decode(Expected.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
    }

    static let texts = try! JSONDecoder().decode(
        [String].self, from: Data(contentsOf: TokenizerFixtures.folder.appendingPathComponent("texts.json")))

    static let all: [RecordedTokenizer] = {
        let names = try! FileManager.default.contentsOfDirectory(atPath: TokenizerFixtures.folder.path)
        return names.sorted().map(RecordedTokenizer.init).filter {
            FileManager.default.fileExists(atPath: $0.folder.path + "/tokenizer.json")
        }
    }()
}

struct TokenizerGoldenTests {
    private func expectEqual(_ text: String, _ expected: String, _ what: String) {
        // Swift's == of strings knows canonical equivalence; a tokenizer must not.
        #expect(Array(text.utf8) == Array(expected.utf8), "\(what): \(text.debugDescription) instead of \(expected.debugDescription)")
    }

    @Test(arguments: RecordedTokenizer.all)
    func encodesAsHuggingFaceDoes(recorded: RecordedTokenizer) throws {
        let (tokenizer, expected) = (try recorded.tokenizer(), try recorded.expected())
        #expect(tokenizer.vocabularySize == expected.size)
        for (index, text) in RecordedTokenizer.texts.enumerated() {
            #expect(tokenizer.encode(text, addSpecialTokens: true) == expected.ids[index], "\(text.debugDescription)")
            #expect(tokenizer.encode(text, addSpecialTokens: false) == expected.idsPlain[index], "\(text.debugDescription)")
        }
    }

    @Test(arguments: RecordedTokenizer.all)
    func decodesAsHuggingFaceDoes(recorded: RecordedTokenizer) throws {
        let (tokenizer, expected) = (try recorded.tokenizer(), try recorded.expected())
        for index in expected.ids.indices {
            expectEqual(tokenizer.decode(expected.idsPlain[index], skipSpecialTokens: false), expected.decoded[index], "decoded")
            expectEqual(tokenizer.decode(expected.ids[index], skipSpecialTokens: true), expected.decodedSkipping[index], "skipping")
        }
        for (ids, text) in zip(expected.drawn, expected.drawnDecoded) {
            expectEqual(tokenizer.decode(ids, skipSpecialTokens: false), text, "\(ids)")
        }
    }

    @Test(arguments: GoldenStudents.names)
    func tokenizesTheGoldenStudentsTexts(name: String) throws {
        struct Texts: Decodable {
            struct Entry: Decodable {
                var text: String
                var ids: [TokenID]
                var idsPlain: [TokenID]
                var decoded: String
                var decodedSkipping: String

                enum CodingKeys: String, CodingKey {
                    case text, ids, decoded
                    case idsPlain = "ids_no_special"
                    case decodedSkipping = "decoded_skip_special"
                }
            }
            struct Chat: Decodable {
                var messages: [Message]
                var text: String
                var ids: [TokenID]
            }
            var tokenization: [Entry]
            var chat: [Chat]?
        }
        let folder = GoldenStudents.folder(name)
        let golden = try JSONDecoder().decode(Texts.self, from: Data(contentsOf: folder.appendingPathComponent("golden.json")))
        let tokenizer = try Tokenizer(folder: folder)
        for entry in golden.tokenization {
            #expect(tokenizer.encode(entry.text, addSpecialTokens: true) == entry.ids)
            #expect(tokenizer.encode(entry.text, addSpecialTokens: false) == entry.idsPlain)
            expectEqual(tokenizer.decode(entry.idsPlain, skipSpecialTokens: false), entry.decoded, "decoded")
            expectEqual(tokenizer.decode(entry.ids, skipSpecialTokens: true), entry.decodedSkipping, "skipping")
        }
        #expect((golden.chat == nil) == (tokenizer.chatTemplate == nil))
        for chat in golden.chat ?? [] {
            let text = try #require(tokenizer.chatTemplate).render(messages: chat.messages, addGenerationPrompt: true)
            #expect(text == chat.text)
            #expect(tokenizer.encode(text, addSpecialTokens: false) == chat.ids)
        }
    }

    @Test func namesAndIDsOfTokensAgree() throws {
        let tokenizer = try RecordedTokenizer(name: "llama3").tokenizer()
        #expect(tokenizer.beginningOfSequence == 0 && tokenizer.endOfSequence == 1)
        for id in 0..<TokenID(tokenizer.vocabularySize) {
            let token = try #require(tokenizer.token(of: id))
            #expect(tokenizer.id(of: token) == id)
        }
        #expect(tokenizer.token(of: -1) == nil && tokenizer.token(of: TokenID(tokenizer.vocabularySize)) == nil)
        #expect(tokenizer.id(of: "no such token") == nil && tokenizer.id(of: "") == nil)
    }
}
