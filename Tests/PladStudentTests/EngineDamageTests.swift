import Foundation
import PladRecords
import PladStudent
import PladTensor
import Testing

/// Damaged students: each kind of damage has its error, which names the file, the place and the numbers.
@Suite struct EngineDamageTests {
    private let files = EngineFileTests()

    @Test func missingFilesAreNamed() throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        try FileManager.default.removeItem(at: folder.file("model.safetensors"))
        #expect(files.refusal(folder, .files)?.contains("neither model.safetensors nor model.safetensors.index.json") == true)
        try FileManager.default.removeItem(at: folder.file("config.json"))
        #expect(files.refusal(folder, .files)?.contains("config.json") == true)
    }

    struct Setting: Sendable, CustomTestStringConvertible {
        var key: String
        var value: String
        var message: String
        var testDescription: String { "\(key) = \(value)" }
        init(_ key: String, _ value: String, _ message: String) { (self.key, self.value, self.message) = (key, value, message) }
    }

    static let settings = [
        Setting("model_type", "\"mamba\"", "\"model_type\" (\"mamba\") is not among the families"),
        Setting("hidden_size", "0", "\"hidden_size\" (0) is not a whole number from 1"),
        Setting("hidden_size", "-48", "(-48)"),
        Setting("hidden_size", "\"48\"", "\"hidden_size\" (\"48\")"),
        Setting("hidden_size", "99999999999", "(99999999999)"),
        Setting("vocab_size", "null", "\"vocab_size\""),
        Setting("num_hidden_layers", "1e300", "\"num_hidden_layers\""),
        Setting("num_key_value_heads", "4", "does not divide the 6"),
        Setting("head_dim", "7", "odd"),
        Setting("hidden_act", "\"gelu\"", "\"hidden_act\" (\"gelu\") is not silu"),
        Setting("mlp_bias", "1", "neither true nor false"),
        Setting("rms_norm_eps", "-1", "not a number above 0"),
        Setting("eos_token_id", "[2, 640]", "below the vocabulary's 640"),
        Setting("rope_parameters", "{\"rope_type\": \"proportional\", \"factor\": 4}", "(proportional) is not among the scalings"),
        Setting("rope_parameters", "{\"rope_type\": \"yarn\", \"factor\": 0}", "\"factor\" (0) is not a number above 0"),
        Setting("rope_parameters", "{\"rope_type\": \"dynamic\"}", "\"factor\" is missing"),
        Setting("rope_parameters", "{\"rope_type\": \"longrope\", \"short_factor\": [1, 2, 3]}", "is not a list of 4 numbers above 0"),
        Setting("rope_parameters", "{\"rope_type\": \"llama3\", \"factor\": 4}", "\"low_freq_factor\" is missing"),
        Setting("rope_parameters", "7", "is not an object"),
    ]

    @Test(arguments: settings)
    func wrongSettingsAreNamed(_ setting: Setting) throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        var config = try JSONValue(parsing: folder.bytes("config.json")).object!
        config[setting.key] = try JSONValue(parsing: Data(setting.value.utf8))
        try folder.write(JSONValue.object(config).canonical, "config.json")
        let message = try #require(files.refusal(folder, .config))
        #expect(message.contains("config.json") && message.contains(setting.message), "\(message)")
    }

    @Test func sizesBeyondMeasureAreNamed() throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        var config = try JSONValue(parsing: folder.bytes("config.json")).object!
        for key in ["hidden_size", "intermediate_size", "vocab_size"] { config[key] = .int(1 << 24) }
        config["num_hidden_layers"] = .int(1 << 12)
        try folder.write(JSONValue.object(config).canonical, "config.json")
        #expect(files.refusal(folder, .config)?.contains("config.json: its sizes make a model of 3e+18 parameters") == true)
    }

    @Test(arguments: ["", "{", "[]", "{\"a\": 1} x", "\u{0}"])
    func brokenConfigurationsAreNamed(_ text: String) throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        try folder.write(text, "config.json")
        #expect(files.refusal(folder, .config)?.contains("config.json") == true)
    }

    /// A safetensors file whose header is `header` and that has `count` zero bytes of data.
    private func file(_ header: String, data count: Int, length: UInt64? = nil) -> Data {
        var data = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
        data.append(Data(header.utf8))
        data.append(Data(count: count))
        return data
    }

    private func refusal(_ data: Data, _ code: StudentError.Code) -> String? {
        do {
            _ = try Safetensors(data, path: "x.safetensors")
            return nil
        } catch let error as StudentError where error.code == code {
            return error.message
        } catch {
            return nil
        }
    }

    @Test func headersAreCheckedBeforeUse() {
        func tensor(_ type: String, _ shape: String, _ offsets: String) -> String {
            "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
        }
        let good = tensor("F32", "[2,3]", "[0,24]")
        #expect(throws: Never.self) { try Safetensors(file("{\"a\":\(good)}", data: 24), path: "x") }

        #expect(refusal(Data([1, 2, 3]), .files)?.contains("3 bytes") == true)
        #expect(refusal(file("{}", data: 0, length: 1_000), .files)?.contains("claims 1000 bytes, the file has 2") == true)
        #expect(refusal(file("{}", data: 0, length: .max), .files)?.contains("claims") == true)
        #expect(refusal(file("{", data: 0), .files)?.contains("header") == true)
        #expect(refusal(file("[1]", data: 0), .files)?.contains("not a JSON object") == true)
        #expect(refusal(file("{\"a\":\(good)}", data: 25), .files)?.contains("1 bytes after the last tensor") == true)
        #expect(refusal(file("{\"a\":\(good)}", data: 20), .tensors)?.contains("bytes 0 to 24 of the 20") == true)

        let wrong: [(String, String)] = [
            ("7", "\"dtype\""),
            (tensor("F31", "[2,3]", "[0,24]"), "F31"),
            (tensor("F32", "[2,-3]", "[0,24]"), "\"shape\""),
            (tensor("F32", "[2,2.5]", "[0,24]"), "\"shape\""),
            (tensor("F32", "7", "[0,24]"), "\"shape\""),
            (tensor("F32", "[2,3]", "[0]"), "\"data_offsets\""),
            (tensor("F32", "[2,3]", "[8,4]"), "bytes 8 to 4"),
            (tensor("F32", "[2,3]", "[-4,20]"), "bytes -4 to 20"),
            (tensor("F32", "[2,4]", "[0,24]"), "24 bytes for F32 [2, 4], which takes 32"),
            (tensor("F32", "[4611686018427387904,4]", "[0,24]"), "too large"),
        ]
        for (entry, message) in wrong {
            let found = refusal(file("{\"a\":\(entry)}", data: 24), .tensors)
            #expect(found?.contains("tensor a") == true && found?.contains(message) == true, "\(entry)")
        }
        let overlap = "{\"a\":\(tensor("F32", "[2,3]", "[0,24]")),\"b\":\(tensor("F32", "[2]", "[16,24]"))}"
        #expect(refusal(file(overlap, data: 24), .tensors)?.contains("overlaps") == true)
        let gap = "{\"a\":\(tensor("F32", "[1]", "[0,4]")),\"b\":\(tensor("F32", "[1]", "[8,12]"))}"
        #expect(refusal(file(gap, data: 12), .tensors)?.contains("leaves a gap") == true)
    }

    /// Writes the golden student again under other names, shapes or values.
    private func rewritten(_ change: (inout [TensorLayout]) -> Void, values: (Weights) -> Void = { _ in }) throws -> TemporaryFolder {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        var layout = try Golden.student("llama-gqa-tied", threads: 1).weights.tensors
        change(&layout)
        var offset = 0
        for index in layout.indices {
            layout[index].offset = offset
            offset += layout[index].count
        }
        let weights = Weights(tensors: layout)
        values(weights)
        try Safetensors.write(weights, as: .f32, to: folder.file("model.safetensors"))
        return folder
    }

    @Test func tensorsThatDoNotFitAreNamed() throws {
        let missing = files.refusal(try rewritten { $0.removeLast() }, .tensors)
        #expect(missing?.contains("tensor model.norm.weight is missing") == true && missing?.contains("[48]") == true)
        let shaped = files.refusal(try rewritten { $0[2].shape = [48, 47] }, .tensors)
        #expect(shaped?.contains("q_proj.weight: has shape [48, 47], the configuration asks for [48, 48]") == true)
        let stranger = files.refusal(
            try rewritten { $0.append(TensorLayout(name: "model.layers.0.self_attn.q_proj.bias", shape: [48], offset: 0)) }, .tensors)
        #expect(stranger?.contains("q_proj.bias") == true)
        // Nothing that is not finite is written: a file that holds it was damaged.
        let damaged = try rewritten({ _ in }, values: { $0.buffer.pointer[640 * 48 + 5] = 1.25e10 })
        var bytes = try Data(contentsOf: damaged.file("model.safetensors"))
        let place = try #require(bytes.range(of: withUnsafeBytes(of: Float(1.25e10)) { Data($0) }))
        bytes.replaceSubrange(place, with: withUnsafeBytes(of: Float.nan) { Data($0) })
        try bytes.write(to: damaged.file("model.safetensors"))
        let broken = files.refusal(damaged, .tensors)
        #expect(broken?.contains("model.layers.0.input_layernorm.weight: holds NaN") == true)
        // What old files carry along is passed over: a stored head of a tied model, rotary frequencies.
        let extra = try rewritten {
            $0.append(TensorLayout(name: "lm_head.weight", shape: [640, 48], offset: 0))
            $0.append(TensorLayout(name: "model.layers.0.self_attn.rotary_emb.inv_freq", shape: [4], offset: 0))
        }
        #expect(throws: Never.self) { try Student(folder: extra.url, threads: 1) }
    }

    @Test func everyTruncationIsRefused() throws {
        let whole = try Data(contentsOf: Golden.folder("llama-gqa-tied").appendingPathComponent("model.safetensors"))
        for count in [0, 7, 8, 100, 3000, whole.count / 2, whole.count - 1] {
            #expect(throws: StudentError.self) { try Safetensors(whole.prefix(count), path: "x") }
        }
        var flipped = whole
        var generator = SeededGenerator(seed: 1, "damage")
        for _ in 0..<500 {
            // Header bytes alone: any outcome but a crash; bytes of weights are checked by value.
            let at = flipped.startIndex + Int(generator.next() % 3000)
            let old = flipped[at]
            flipped[at] = UInt8(truncatingIfNeeded: generator.next())
            _ = try? Safetensors(flipped, path: "x")
            flipped[at] = old
        }
    }
}
