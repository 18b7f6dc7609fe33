import Foundation
import PladRecords
import PladStudent
import PladTensor
import PladTokenizer
import Testing

/// Low-rank adapters against PEFT (Tests/Fixtures/adapters/make.py).
@Suite struct AdapterTests {
    struct Expected: Decodable {
        var chosen: [[Float]]
        var rejected: [[Float]]
        var gradNorms: [String: Double]
    }

    static let names = ["llama-gqa-tied", "qwen2", "gpt2", "t5-relu", "gemma3", "granite", "phi3"]

    private func folder(_ name: String) -> URL { Golden.fixtures.appendingPathComponent("adapters/\(name)") }

    private func trees(_ name: String) throws -> [PromptTree] { try Golden.load(name).trees }

    @Test(arguments: names)
    func logProbabilitiesAndGradientsEqualTheReference(_ name: String) throws {
        let expected = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: folder(name).appendingPathComponent("expected.json")))
        let student = try Student(folder: folder(name), threads: 2)
        let (trees, gradients) = (try trees(name), Weights(like: student.trainable))
        let pass = GradientPass(student: student, gradients: gradients)
        #expect(distance(try pass.forward(trees), zip(expected.chosen, expected.rejected).map { [$0, $1] }) < 1e-4)
        let share = 1 / Float(trees.count)
        try pass.backward(trees.map { _ in [-share, 0.5 * share] })
        #expect(gradients.tensors.map(\.name).sorted() == expected.gradNorms.keys.sorted())
        for tensor in gradients.tensors {
            let norm = sumOfSquares(gradients.values(of: tensor).baseAddress!, count: tensor.count).squareRoot()
            #expect(relativeError(norm, expected.gradNorms[tensor.name]!) < 1e-4, "\(tensor.name)")
        }
    }

    @Test(arguments: names)
    func mergedAndSavedStudentsComputeTheSame(_ name: String) throws {
        let temporary = try TemporaryFolder()
        let student = try Student(folder: folder(name), threads: 1)
        let before = try student.logProbabilities(of: trees(name))
        let request = DecodeRequest(
            prompt: try trees(name)[0].prompt, parameters: SamplingParameters(temperature: 0, maxTokens: 8),
            streams: [SeededGenerator(seed: 1)])
        let sampled = try student.sample([request], slots: 1)[0][0].ids
        try student.saveAdapter(to: temporary.file("adapter"))
        let again = try Student(folder: temporary.file("adapter"), threads: 1)
        #expect(again.adapter?.settings == student.adapter?.settings)
        #expect(try again.logProbabilities(of: trees(name)) == before)
        try student.save(to: temporary.file("merged"), as: .f32)
        #expect(student.adapter == nil)
        let merged = try Student(folder: temporary.file("merged"), threads: 1)
        #expect(distance(try merged.logProbabilities(of: trees(name)), before) < 2e-4)
        #expect(try merged.sample([request], slots: 1)[0][0].ids == sampled)
    }

    @Test func aTokenizerOrTemplateOfTheAdaptersOwnCounts() throws {
        let temporary = try TemporaryFolder()
        let base = Golden.folder("llama-gqa-tied")
        func adapter(_ name: String, _ files: [String: String]) throws -> Student {
            try FileManager.default.copyItem(at: folder("llama-gqa-tied"), to: temporary.file(name))
            for (file, text) in files { try temporary.write(text, "\(name)/\(file)") }
            return try Student(folder: temporary.file(name), base: base, threads: 1)
        }
        let turns = [Message(role: "user", content: "a")]
        let template = try adapter("template", ["chat_template.jinja": "[{{ messages[0].content }}]"])
        #expect(try template.tokenizer.chatTemplate?.render(messages: turns, addGenerationPrompt: true) == "[a]")
        #expect(
            try template.tokenizer.encode("the house", addSpecialTokens: true)
                == Golden.student("llama-gqa-tied").tokenizer.encode("the house", addSpecialTokens: true))

        // Another tokenizer: one that knows a token of its own.
        var file = try JSONValue(parsing: Data(contentsOf: base.appendingPathComponent("tokenizer.json"))).object!
        var vocabulary = file["model"]!["vocab"]!.object!
        let word = vocabulary.first { $0.value == 639 }!.key
        vocabulary[word] = nil
        vocabulary["<|turn|>"] = 639
        var model = file["model"]!.object!
        model["vocab"] = .object(vocabulary)
        model["merges"] = .array(
            (model["merges"]!.array ?? []).filter { merge in
                let parts = merge.array?.compactMap(\.string) ?? merge.string?.split(separator: " ").map(String.init) ?? []
                return parts.joined() != word && !parts.contains(word)
            })
        file["model"] = .object(model)
        file["added_tokens"] = .array(file["added_tokens"]!.array! + [["id": 639, "content": "<|turn|>", "special": true]])
        let own = try adapter(
            "own", ["tokenizer.json": JSONValue.object(file).canonical, "tokenizer_config.json": "{\"eos_token\": \"<|turn|>\"}"])
        #expect(own.tokenizer.encode("<|turn|>", addSpecialTokens: true) == [639] && own.tokenizer.endOfSequence == 639)

        // It goes along: with the adapter that is written, and with the whole student.
        for (name, student) in [("template", template), ("own", own)] {
            try student.saveAdapter(to: temporary.file(name + "-again"))
            let again = try Student(folder: temporary.file(name + "-again"), threads: 1)
            try student.save(to: temporary.file(name + "-merged"), as: .f32)
            let merged = try Student(folder: temporary.file(name + "-merged"), threads: 1)
            for other in [again, merged] {
                #expect(
                    other.tokenizer.encode("<|turn|> the", addSpecialTokens: true)
                        == student.tokenizer.encode("<|turn|> the", addSpecialTokens: true))
                #expect((other.tokenizer.chatTemplate != nil) == (name == "template"))
            }
        }
    }

    @Test func newAdaptersChangeNothingAndLearnAlone() throws {
        let student = try Golden.student("llama-gqa-tied")
        let before = try student.logProbabilities(of: trees("llama-gqa-tied"))
        let weights = student.numbers
        try student.attachAdapter(LoRA(rank: 4, alpha: 8, targets: ["q_proj", "down_proj"]), seed: 3)
        #expect(try student.logProbabilities(of: trees("llama-gqa-tied")) == before)
        #expect(student.trainable.tensors.count == 12)
        let gradients = Weights(like: student.trainable)
        let pass = GradientPass(student: student, gradients: gradients)
        _ = try pass.forward(trees("llama-gqa-tied"))
        try pass.backward(try trees("llama-gqa-tied").map { _ in [-1, 1] })
        adamW(
            weights: student.trainable.buffer, gradients: gradients.buffer, firstMoments: Weights(like: gradients).buffer,
            secondMoments: Weights(like: gradients).buffer, parameters: AdamWParameters(learningRate: 1e-2, step: 1),
            workers: student.workers)
        #expect(student.numbers == weights)
        #expect(distance(try student.logProbabilities(of: trees("llama-gqa-tied")), before) > 1e-3)
    }

    @Test func targetsThatNameNothingAreRefused() throws {
        let student = try Golden.student("gpt2")
        let error = #expect(throws: StudentError.self) { try student.attachAdapter(LoRA(rank: 4, alpha: 8, targets: ["q_proj"]), seed: 3) }
        #expect(error?.message.contains("is named so; there are: c_attn, c_fc, c_proj") == true)
    }

    @Test(arguments: [
        ("peft_type", "\"IA3\"", "is not LORA"), ("use_dora", "true", "use_dora"), ("bias", "\"all\"", "is not none"),
        ("target_modules", "\".*_proj\"", "neither a list"), ("target_modules", "[]", "is empty"), ("r", "0", "\"r\" (0)"),
        ("rank_pattern", "{\"q_proj\": 8}", "numbers of their own"), ("layers_to_transform", "[1]", "layers_to_transform"),
        ("lora_alpha", "null", "is missing"), ("init_lora_weights", "\"pissa\"", "init_lora_weights"), ("r", "16384", "has shape [4, 48]"),
        ("r", "5", "has shape [4, 48]"),
        ("target_modules", "[\"q_proj\"]", "describes no such tensor"),
        ("alora_invocation_tokens", "[5, 6]", "is an activated LoRA (aLoRA)"), ("arrow_config", "{\"k\": 1}", "arrow_config"),
        ("a_later_setting", "true", "\"a_later_setting\" (true) is not among what plad knows of adapters"),
    ])
    func whatIsNotAnAdapterOfPladIsNamed(_ key: String, _ value: String, _ message: String) throws {
        let temporary = try TemporaryFolder()
        try FileManager.default.copyItem(at: folder("llama-gqa-tied"), to: temporary.file("a"))
        var config = try JSONValue(parsing: temporary.bytes("a/adapter_config.json")).object!
        config[key] = try JSONValue(parsing: Data(value.utf8))
        config["base_model_name_or_path"] = .string(Golden.folder("llama-gqa-tied").path)
        try temporary.write(JSONValue.object(config).canonical, "a/adapter_config.json")
        let error = #expect(throws: StudentError.self) { try Student(folder: temporary.file("a"), threads: 1) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
}
