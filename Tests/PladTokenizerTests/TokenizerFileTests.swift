import Foundation
import PladRecords
import PladTokenizer
import Testing

/// What is wrong with a tokenizer's files is said with file and field.
struct TokenizerFileTests {
    /// A copy of a recorded tokenizer whose files can be changed.
    private func folder(_ name: String, _ change: (URL) throws -> Void) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plad-tokenizer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in ["tokenizer.json", "tokenizer_config.json"] {
            let source = TokenizerFixtures.folder.appendingPathComponent("\(name)/\(file)")
            try Data(contentsOf: source).write(to: folder.appendingPathComponent(file))
        }
        try change(folder)
        return folder
    }

    private func message(_ name: String, file: String = "tokenizer.json", replacing old: String, by new: String) throws -> String {
        let folder = try folder(name) { folder in
            let file = folder.appendingPathComponent(file)
            let text = try String(contentsOf: file, encoding: .utf8)
            try #require(text.contains(old))
            try text.replacingOccurrences(of: old, with: new).write(to: file, atomically: true, encoding: .utf8)
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = try #require(#expect(throws: TokenizerError.self) { try Tokenizer(folder: folder) })
        #expect(error.code == .files)
        #expect(error.message.hasPrefix(folder.path + "/"), "\(error.message)")
        return error.message
    }

    @Test(arguments: [
        ("gpt2", #""type":"BPE""#, #""type":"WordPiece""#, "model.type \"WordPiece\" is not known"),
        ("gpt2", #""type":"ByteLevel","add_prefix_space":false"#, #""type":"Bert","x":false"#, "pre_tokenizer.type \"Bert\""),
        ("llama3", #"\\p{N}{1,3}"#, #"\\p{N}{1,4}"#, "pre_tokenizer.pretokenizers[0].pattern.Regex \"(?i:'"),
        ("qwen2", #""type":"NFC""#, #""type":"Lowercase""#, "normalizer.type \"Lowercase\""),
        ("llama2", #""type":"Fuse""#, #""type":"CTC""#, "decoder.decoders[2].type \"CTC\""),
        ("llama2", #""type":"TemplateProcessing""#, #""type":"BertProcessing""#, "post_processor.type \"BertProcessing\""),
        ("llama2", #""dropout":null"#, #""dropout":0.1"#, "model.dropout is set"),
        ("llama2", #""end_of_word_suffix":null"#, #""end_of_word_suffix":"</w>""#, "model.end_of_word_suffix is not known"),
        ("llama2", #""fuse_unk":true"#, #""fuse_unk":"yes""#, "model.fuse_unk is not true or false"),
        ("llama2", #""fuse_unk":true"#, #""fuse_unc":true"#, "model.fuse_unc is not known"),
        ("llama2", #""unk_token":"<unk>""#, #""unk_token":"<huh>""#, "model.unk_token is \"<huh>\""),
        ("llama2", #""merges":["#, #""merges":["one two","#, "model.merges[0] joins tokens that are not in the vocabulary"),
        ("llama2", #""merges":["#, #""merges":["a b c","#, "model.merges[0] does not join two tokens"),
        ("llama2", #""<s>":1,"#, #""<s>":2,"#, "model.vocab is ambiguous: id 2 belongs to"),
        ("llama2", #""<s>":1,"#, #""<s>":1,"<s>":900,"#, "model.vocab is ambiguous: \"<s>\" appears twice"),
        ("llama2", #""<s>":1,"#, #""<s>":4294967297,"#, "line 1: a token's id is not a whole number"),
        ("llama2", #""id":1,"#, #""id":5,"#, "the added token \"<s>\" has the id 5"),
        ("llama2", #""content":"<s>""#, #""content":1"#, "tokenizer.json: added_tokens[1].content is not a string"),
        ("llama2", #""ids":[1]"#, #""ids":[70000]"#, "names a token that is not in the vocabulary"),
        ("unigram", #""unk_id":2"#, #""unk_id":4000"#, "model.unk_id is 4000"),
        ("precompiled", #""precompiled_charsmap":""#, #""precompiled_charsmap":"////"#, "precompiled_charsmap"),
        ("gpt2", #""version":"1.0""#, #""version":"1.0""x":1"#, "line 1: \",\" or \"}\" expected"),
        ("gpt2", #""version":"1.0""#, "\"version\":\"\\ud800\"", "line 1: \\ud800 is half a character"),
    ])
    func brokenOrUnknownPartsAreNamed(name: String, old: String, new: String, part: String) throws {
        let message = try message(name, replacing: old, by: new)
        #expect(message.contains(part), "\(message)")
        #expect(!message.contains("\n"))
    }

    @Test func specialTokensOfTheConfigurationMustExist() throws {
        let message = try message("gpt2", file: "tokenizer_config.json", replacing: #""eos_token": "</s>""#, by: #""eos_token": "<eos>""#)
        #expect(message.contains("tokenizer_config.json: eos_token is \"<eos>\""), "\(message)")
    }

    @Test func fieldsOfTheConfigurationAreNamed() throws {
        let flag = #""clean_up_tokenization_spaces": true"#
        let message = try message("gpt2", file: "tokenizer_config.json", replacing: flag, by: #""clean_up_tokenization_spaces": 1"#)
        #expect(message.hasSuffix("tokenizer_config.json: clean_up_tokenization_spaces is not true or false"), "\(message)")
    }

    @Test func aMissingFileIsNamed() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plad-no-such-tokenizer")
        let error = try #require(#expect(throws: TokenizerError.self) { try Tokenizer(folder: folder) })
        #expect(error.message.hasPrefix("\(folder.path)/tokenizer.json is missing"))
    }

    @Test func theChatTemplateComesFromItsFileOrTheConfiguration() throws {
        let messages = [Message(role: "user", content: "hi")]
        let inFile = try folder("llama3") { folder in
            try "{{ bos_token }}[{{ messages[0].content }}]".write(
                to: folder.appendingPathComponent("chat_template.jinja"), atomically: true, encoding: .utf8)
        }
        let named = try folder("llama3") { folder in
            let configuration =
                #"{"eos_token":{"content":"</s>"},"chat_template":[{"name":"rag","template":"x"},{"name":"default","template":"{{ eos_token }}"}]}"#
            try configuration.write(to: folder.appendingPathComponent("tokenizer_config.json"), atomically: true, encoding: .utf8)
        }
        defer { for folder in [inFile, named] { try? FileManager.default.removeItem(at: folder) } }
        #expect(try Tokenizer(folder: inFile).chatTemplate?.render(messages: messages, addGenerationPrompt: true) == "<s>[hi]")
        #expect(try Tokenizer(folder: named).chatTemplate?.render(messages: messages, addGenerationPrompt: true) == "</s>")
        #expect(try RecordedTokenizer(name: "llama3").tokenizer().chatTemplate == nil)
    }

    /// A recorded tokenizer with members of its tokenizer_config.json changed.
    private func tokenizer(_ name: String, _ members: [String: JSONValue]) throws -> Tokenizer {
        let changed = try folder(name) { folder in
            let file = folder.appendingPathComponent("tokenizer_config.json")
            let all = try JSONValue(parsing: Data(contentsOf: file)).object!.merging(members) { $1 }
            try Data(JSONValue.object(all).canonical.utf8).write(to: file)
        }
        defer { try? FileManager.default.removeItem(at: changed) }
        return try Tokenizer(folder: changed)
    }

    @Test(
        arguments: [
            (
                [["name": "rag", "template": "x"], ["name": "tool_use", "template": "y"]], "but \"rag\", \"tool_use\"; write the one to use"
            ),
            ([["name": "default"]], "but none that can be read"), (7, "no template named \"default\""),
        ] as [(JSONValue, String)])
    func aTemplateThatCannotBeTakenMakesNoStudentUnusable(template: JSONValue, wanted: String) throws {
        let tokenizer = try tokenizer("llama3", ["chat_template": template])
        #expect(!tokenizer.encode("the cat", addSpecialTokens: false).isEmpty)
        let error = #expect(throws: TokenizerError.self) {
            try tokenizer.chatTemplate?.render(messages: [Message(role: "user", content: "hi")], addGenerationPrompt: true)
        }
        #expect(error?.message.contains(wanted) == true, "\(error?.message ?? "")")
    }

    /// The ids are those of transformers 5.24's AutoTokenizer on the same files.
    @Test(
        arguments: [
            ("gpt2", "GPT2Tokenizer", true, [261, 293, 85]), ("gpt2", "GPT2TokenizerFast", false, [85, 259, 293, 85]),
            ("gpt2-prefix-space", "GPT2Tokenizer", false, [85, 259, 293, 85]),
            ("gpt2", "PreTrainedTokenizerFast", true, [85, 259, 293, 85]),
            ("qwen2", "Qwen2Tokenizer", true, [261, 294, 85]), ("llama2", "LlamaTokenizerFast", false, [308, 340, 374, 308]),
            ("llama2-metaspace", "LlamaTokenizer", false, [308, 340, 374, 308]), ("llama2", "LlamaTokenizer", true, [342, 374, 308]),
            ("llama2", "PreTrainedTokenizerFast", false, [342, 374, 308]),
        ] as [(String, String, Bool, [TokenID])])
    func theSpaceBeforeATextIsTheClassesToAdd(name: String, type: String, adds: Bool, ids: [TokenID]) throws {
        let tokenizer = try tokenizer(name, ["tokenizer_class": .string(type), "add_prefix_space": .bool(adds)])
        #expect(tokenizer.encode("the cat", addSpecialTokens: false) == ids)
    }

    @Test func splitSpecialTokensAreLetters() throws {
        // As transformers 5.24 has it.
        let tokenizer = try tokenizer("gpt2", ["split_special_tokens": true])
        #expect(tokenizer.encode("the cat <s></s>", addSpecialTokens: false) == [85, 259, 293, 85, 222, 29, 84, 31, 29, 16, 84, 31])
    }

    @Test func specialTokensThatAPromptSpellsAreNotAddedAgain() throws {
        let tokenizer = try RecordedTokenizer(name: "llama2").tokenizer()
        let plain = tokenizer.encode("the cat", addSpecialTokens: true)
        #expect(plain.first == 1 && tokenizer.encodePrompt("the cat") == plain)
        let spelled = tokenizer.encodePrompt("<s>the cat")
        #expect(spelled.count { $0 == 1 } == 1 && spelled == tokenizer.encode("<s>the cat", addSpecialTokens: false))
        #expect(tokenizer.encodePrompt("") == [1] && tokenizer.encodePrompt("the <s>").count { $0 == 1 } == 2)
    }

    @Test func oneTokenizerServesManyThreads() async throws {
        let tokenizer = try RecordedTokenizer(name: "gpt2").tokenizer()
        let expected = try RecordedTokenizer(name: "gpt2").expected().ids
        let same = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<20).allSatisfy { _ in RecordedTokenizer.texts.map { tokenizer.encode($0, addSpecialTokens: true) } == expected }
                }
            }
            return await group.allSatisfy { $0 }
        }
        #expect(same)
    }
}
