import Foundation
import PladRecords
import PladStudent
import PladTensor
import PladTokenizer
import Testing

/// Folders as other programs write them: read as transformers 5.24 reads them, or named for what they are.
@Suite struct ForeignFolderTests {
    private let files = EngineFileTests()

    /// Changes members of a JSON file; nil removes one.
    private func change(_ folder: TemporaryFolder, _ name: String, _ members: [String: JSONValue?]) throws {
        var all = try JSONValue(parsing: folder.bytes(name)).object!
        for (key, value) in members { all[key] = value }
        try folder.write(JSONValue.object(all).canonical, name)
    }

    /// A copy of a golden student with tensors added, removed or renamed. `values` fills those that are new.
    private func rewritten(
        of name: String = "llama-gqa-tied", _ change: (inout [TensorLayout]) -> Void, values: (Weights) -> Void = { _ in }
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder(of: name)
        let student = try Golden.student(name, threads: 1)
        // The tensors of the file, in its shapes.
        var layout = student.weights.tensors.map { TensorLayout(name: $0.name, shape: $0.shape, offset: 0) }
        let old = layout.map(\.name)
        change(&layout)
        var offset = 0
        for index in layout.indices {
            layout[index].offset = offset
            offset += layout[index].count
        }
        let weights = Weights(tensors: layout)
        for tensor in layout where old.contains(tensor.name) {
            _ = weights.mutableValues(of: tensor).update(from: student.weights.values(of: student.weights.tensor(named: tensor.name)!))
        }
        values(weights)
        try Safetensors.write(weights, as: .f32, to: folder.file("model.safetensors"))
        return folder
    }

    @Test func aHeadThatDiffersFromItsTiedEmbeddingIsUsed() throws {
        let head = TensorLayout(name: "lm_head.weight", shape: [640, 48], offset: 0)
        let trees = try Golden.load("llama-gqa-tied").trees
        let tied = try Golden.student("llama-gqa-tied", threads: 1).logProbabilities(of: trees)
        func fill(_ scale: Float) -> (Weights) -> Void {
            { weights in
                let embedding = weights.values(of: weights.tensor(named: "model.embed_tokens.weight")!)
                _ = weights.mutableValues(of: weights.tensor(named: "lm_head.weight")!).update(from: embedding.map { $0 * scale })
            }
        }
        let folder = try rewritten({ $0.append(head) }, values: fill(-1))
        let student = try Student(folder: folder.url, threads: 1)
        let found = try student.logProbabilities(of: trees)
        #expect(!student.configuration.tiedEmbeddings && distance(found, tied) > 0.1)
        #expect(try !StudentShape(folder: folder.url).configuration.tiedEmbeddings)
        // The same file by a configuration that ties nothing.
        try change(folder, "config.json", ["tie_word_embeddings": false])
        #expect(try Student(folder: folder.url, threads: 1).logProbabilities(of: trees) == found)
        // What is written is read so by those who go by config.json alone.
        try change(folder, "config.json", ["tie_word_embeddings": true])
        try Student(folder: folder.url, threads: 1).save(to: folder.file("saved"), as: .f32)
        #expect(try JSONValue(parsing: folder.bytes("saved/config.json"))["tie_word_embeddings"] == false)
        #expect(try Student(folder: folder.file("saved"), threads: 1).logProbabilities(of: trees) == found)

        let same = try rewritten({ $0.append(head) }, values: fill(1))
        let equal = try Student(folder: same.url, threads: 1)
        #expect(try equal.configuration.tiedEmbeddings && equal.logProbabilities(of: trees) == tied)
        #expect(equal.weights.tensor(named: "lm_head.weight") == nil)
    }

    /// T5's stacks share one embedding; a file may hold copies of it, and a model whose copies differ is another one.
    @Test(arguments: ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"])
    func aStacksOwnEmbeddingIsRefused(name: String) throws {
        let shared = try #require(Golden.student("t5-gated", threads: 1).weights.tensor(named: "shared.weight"))
        func folder(_ scale: Float) throws -> TemporaryFolder {
            try rewritten(of: "t5-gated", { $0.append(TensorLayout(name: name, shape: shared.shape, offset: 0)) }) { weights in
                let embedding = weights.values(of: weights.tensor(named: "shared.weight")!)
                _ = weights.mutableValues(of: weights.tensor(named: name)!).update(from: embedding.map { $0 * scale })
            }
        }
        let (same, other) = (try folder(1), try folder(-1))
        #expect(throws: Never.self) { try Student(folder: same.url, threads: 1) }
        let error = #expect(throws: StudentError.self) { try Student(folder: other.url, threads: 1) }
        #expect(error?.message.contains("\"\(name)\" differs from \"shared.weight\"") == true)
    }

    @Test func aHeadAloneServesAsTheEmbedding() throws {
        let trees = try Golden.load("llama-gqa-tied").trees
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        let bytes = try folder.bytes("model.safetensors")
        let length = bytes.withUnsafeBytes { Int(UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))) }
        let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
            .replacingOccurrences(of: "\"model.embed_tokens.weight\"", with: "\"lm_head.weight\"")
        var file = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        file += Data(header.utf8) + bytes[(8 + length)...]
        try file.write(to: folder.file("model.safetensors"))
        let student = try Student(folder: folder.url, threads: 1)
        #expect(try student.logProbabilities(of: trees) == Golden.student("llama-gqa-tied", threads: 1).logProbabilities(of: trees))
        try student.save(to: folder.file("saved"), as: .f32)
        #expect(throws: Never.self) { try Student(folder: folder.file("saved"), threads: 1) }
    }

    @Test func ropeScalingCountsBesideParametersAsInTransformers() throws {
        let llama3: JSONValue = [
            "rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 64,
        ]
        func positions(_ members: [String: JSONValue?]) throws -> StudentConfiguration.Positions {
            let folder = try TemporaryFolder(of: "llama-gqa-tied")
            try change(folder, "config.json", members)
            return try Student(folder: folder.url, threads: 1).configuration.positions
        }
        func scaling(_ context: Int) -> RotaryConfiguration.Scaling {
            .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: context)
        }
        #expect(try positions(["rope_scaling": llama3]) == .rotary(RotaryConfiguration(theta: 10_000, scaling: scaling(64))))
        #expect(try positions(["rope_scaling": .object([:])]) == .rotary(RotaryConfiguration(theta: 10_000, scaling: .none)))
        let linear: JSONValue = ["type": "linear", "factor": 2, "rope_theta": 500]
        #expect(
            try positions(["rope_scaling": linear, "rope_parameters": nil])
                == .rotary(RotaryConfiguration(theta: 500, scaling: .linear(factor: 2))))
        // The context before it was stretched: config.json's own number first, else the section's, else the context.
        #expect(
            try positions(["rope_scaling": llama3, "original_max_position_embeddings": 32])
                == .rotary(RotaryConfiguration(theta: 10_000, scaling: scaling(32))))
        var short = llama3.object!
        short["original_max_position_embeddings"] = nil
        #expect(try positions(["rope_scaling": .object(short)]) == .rotary(RotaryConfiguration(theta: 10_000, scaling: scaling(256))))
    }

    @Test(
        arguments: [
            (
                ["rope_scaling": ["rope_type": "linear", "factor": 2], "rope_parameters": ["rope_theta": 5]],
                "\"rope_theta\" (5) is not the 10000.0"
            ),
            (["rope_parameters": ["full_attention": ["rope_theta": 5]]], "gives a kind of layers positions of its own"),
            (["rope_scaling": ["type": "ntk", "factor": 2]], "(ntk) is not among the scalings"),
            (["quantization_config": ["quant_method": "gptq", "bits": 4]], "\"quantization_config\" (gptq): the weights are quantized"),
            (["quantization_config": ["load_in_4bit": true]], "(bitsandbytes): the weights are quantized"),
            (["quantization_config": ["quant_method": "fp8"], "model_type": "deepseek"], "(fp8): the weights are quantized"),
        ] as [([String: JSONValue], String)])
    func settingsThatWouldMakeAnotherModelAreNamed(members: [String: JSONValue], wanted: String) throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        try change(folder, "config.json", members.mapValues { $0 })
        let message = files.refusal(folder, .config)
        #expect(message?.contains(wanted) == true, "\(message ?? "")")
    }

    @Test func packedWeightsAndStandInsAreNamed() throws {
        for (name, wanted) in [
            ("q_proj.qweight", "(GPTQ or AWQ)"), ("q_proj.weight.absmax", "(bitsandbytes)"), ("q_proj.weight_scale_inv", "(FP8)"),
        ] {
            let folder = try rewritten { $0[2] = TensorLayout(name: "model.layers.0.self_attn.\(name)", shape: [4], offset: 0) }
            let message = files.refusal(folder, .tensors)
            #expect(message?.contains("the weights are quantized \(wanted)") == true, "\(message ?? "")")
        }
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"
        for name in ["model.safetensors", "config.json"] {
            let folder = try TemporaryFolder(of: "llama-gqa-tied")
            try folder.write(pointer, name)
            let message = files.refusal(folder, name == "config.json" ? .config : .files)
            #expect(
                message?.contains("\(name) is a pointer of Git LFS, not the file itself; fetch it: git lfs pull") == true,
                "\(message ?? "")")
        }
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        try FileManager.default.moveItem(at: folder.file("model.safetensors"), to: folder.file("pytorch_model.bin"))
        #expect(files.refusal(folder, .files)?.contains("but pytorch_model.bin; plad reads safetensors alone") == true)
    }

    @Test func harmlessBuffersArePassedOver() throws {
        let folder = try rewritten { $0.append(TensorLayout(name: "model.rotary_emb.inv_freq", shape: [4], offset: 0)) }
        let trees = try Golden.load("llama-gqa-tied").trees
        #expect(
            try Student(folder: folder.url, threads: 1).logProbabilities(of: trees)
                == Golden.student("llama-gqa-tied", threads: 1).logProbabilities(of: trees))
    }

    @Test func addedTokensBeyondTheTableAreLettersInTexts() throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        let plain = try Student(folder: folder.url, threads: 1)
        var added = try JSONValue(parsing: folder.bytes("tokenizer.json"))["added_tokens"]!.array!
        added.append(["id": 640, "content": "[PAD]", "special": true])
        try change(folder, "tokenizer.json", ["added_tokens": .array(added)])
        try change(
            folder, "tokenizer_config.json",
            ["pad_token": "[PAD]", "added_tokens_decoder": ["640": ["content": "[PAD]", "special": true]]])
        let student = try Student(folder: folder.url, threads: 1)
        let ids = student.tokenizer.encode("a [PAD] b", addSpecialTokens: true)
        #expect(ids == plain.tokenizer.encode("a [PAD] b", addSpecialTokens: true) && ids.allSatisfy { $0 < 640 })
    }

    @Test func completionsEndInTheEndOfATurn() throws {
        let folder = try TemporaryFolder(of: "qwen3")
        try? FileManager.default.removeItem(at: folder.file("chat_template.jinja"))
        let (text, turn): (Int64, Int64) = (0, 2)
        let chat = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        func ends(_ list: JSONValue, tokenizer: String?, template: String?) throws -> [TokenID] {
            try change(folder, "generation_config.json", ["eos_token_id": list])
            try change(
                folder, "tokenizer_config.json",
                ["eos_token": tokenizer.map { .string($0) }, "chat_template": template.map { .string($0) }])
            return try Student(folder: folder.url, threads: 1).endOfSequence
        }
        let both: JSONValue = [.int(text), .int(turn)]
        #expect(try ends(both, tokenizer: "<|endoftext|>", template: chat) == [2, 0])
        #expect(try ends(both, tokenizer: "<|im_end|>", template: nil) == [2, 0])
        #expect(try ends(both, tokenizer: "<|endoftext|>", template: nil) == [0, 2])
        // A template that cannot be rendered says nothing.
        #expect(try ends(both, tokenizer: "<|im_end|>", template: "{{ raise_exception('no') }}") == [2, 0])
        // A list without the turn's end stays as it is.
        #expect(try ends([.int(text)], tokenizer: "<|im_end|>", template: chat) == [0])
        try change(folder, "config.json", ["eos_token_id": both])
        #expect(try ends(.null, tokenizer: nil, template: chat) == [2, 0])
    }
}
