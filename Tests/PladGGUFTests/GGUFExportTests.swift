import Foundation
import PladGGUF
import PladRecords
import PladStudent
import PladTestSupport
import Testing

/// A student's GGUF file holds its numbers, in llama.cpp's order and words.
struct GGUFExportTests {
    private static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/goldens")

    private func student(_ name: String) throws -> Student {
        try Student(folder: Self.goldens.appendingPathComponent(name), threads: 1)
    }

    private func exported(_ student: Student, _ type: GGUFType) throws -> GGUFReading {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gguf-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("model.gguf")
        try GGUFExport(student, as: type, name: "a student").write(to: file)
        return GGUFReading(try Data(contentsOf: file))
    }

    @Test(arguments: ["llama-gqa-tied", "llama-biases", "llama3-ropescaled", "llama-untied-sp", "mistral-window", "qwen2", "qwen3", "gpt2"])
    func everyNumberIsThere(name: String) throws {
        let student = try student(name)
        let (file, shape) = (try exported(student, .f32), student.configuration)
        let architecture = try GGUFArchitecture.of(shape)
        #expect(file.metadata["general.architecture"] == architecture.name)
        #expect(file.metadata["\(architecture.name).block_count"] == "\(shape.layerCount)")
        #expect(file.metadata["\(architecture.name).attention.head_count_kv"] == "\(shape.keyValueHeadCount)")
        #expect(file.lists["tokenizer.ggml.tokens"]?.count == shape.vocabularySize)
        let factors = shape.positions.hasFactors ? 1 : 0
        #expect(file.tensors.count == student.weights.tensors.count + factors)
        for tensor in student.weights.tensors {
            let other = try architecture.tensorName(tensor.name)
            let values = Array(student.weights.values(of: tensor))
            #expect(file.tensors[other]?.shape == tensor.shape, "\(other)")
            // Llama's rows of query and key: side, then pair, becomes pair, then side.
            var expected = values
            let heads = other.contains("attn_q.") ? shape.headCount : shape.keyValueHeadCount
            if architecture.name == "llama", other.contains("attn_q.") || other.contains("attn_k.") {
                let row = tensor.shape.count == 2 ? tensor.shape[1] : 1
                let half = shape.headWidth / 2
                var place = 0
                for head in 0..<heads {
                    for pair in 0..<half {
                        for side in 0..<2 {
                            let source = (head * shape.headWidth + side * half + pair) * row
                            for column in 0..<row { expected[place + column] = values[source + column] }
                            place += row
                        }
                    }
                }
                #expect(expected != values)
            }
            #expect(file.floats(other) == expected, "\(name) \(other)")
        }
    }

    /// Llama 3's scaling as llama.cpp divides frequencies: 1 for the fast pairs, the whole factor for the slow ones, a ramp between.
    @Test func scaledPositionsBecomeFactors() {
        let scaling = RotaryConfiguration.Scaling.llama3(
            factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192)
        let factors = RotaryConfiguration(theta: 500_000, scaling: scaling).frequencyFactors(headWidth: 64)!
        #expect(factors.count == 32 && factors[0] == 1 && factors.last == 8)
        let ramp = factors.filter { $0 > 1 && $0 < 8 }
        #expect(!ramp.isEmpty && ramp == ramp.sorted() && factors == factors.sorted())
        #expect(RotaryConfiguration(theta: 500_000, scaling: .none).frequencyFactors(headWidth: 64) == nil)
    }

    @Test func typesAreThoseOfTheMatrices() throws {
        let student = try student("llama-gqa-tied")
        for (type, number) in [(GGUFType.f16, UInt32(1)), (.bf16, 30)] {
            let file = try exported(student, type)
            let tensor = try #require(student.weights.tensor(named: "model.layers.0.mlp.up_proj.weight"))
            let found = try #require(file.tensors["blk.0.ffn_up.weight"])
            #expect(found.type == number)
            #expect(Data(found.bytes.prefix(2 * tensor.count)) == type.encode(student.weights.values(of: tensor)))
            #expect(file.tensors["output_norm.weight"]?.type == 0)
        }
    }

    /// The bytes that gguf 0.19's `quants.quantize` gives for three blocks; the second is 0.
    @Test func eightBitBlocksAreThoseOfGGUF() throws {
        let known = try JSONValue(
            parsing: Data(contentsOf: Self.goldens.deletingLastPathComponent().appendingPathComponent("gguf/q8_0.json")))
        let values = try #require(known["values"]?.array?.compactMap { $0.double.map(Float.init) })
        let bytes = values.withUnsafeBufferPointer { GGUFType.q80.encode($0) }
        #expect(values.count == 96 && bytes.map { String(format: "%02x", $0) }.joined() == known["bytes"]?.string)
    }

    /// Rows of 24 values hold no whole blocks.
    @Test func rowsWithoutWholeBlocksAreFloat16() throws {
        let student = try student("llama-gqa-tied")
        let export = try GGUFExport(student, as: .q80, name: "s")
        let file = try exported(student, .q80)
        let narrow = student.weights.tensors.filter { $0.shape.count == 2 && $0.shape[1] % 32 != 0 }
        #expect(export.unblocked.count == narrow.count)
        for name in export.unblocked { #expect(file.tensors[name]?.type == 1, "\(name)") }
    }

    @Test(arguments: ["t5-gated", "gpt-neo", "gemma2", "gemma3", "smollm3", "olmo2", "granite", "phi3"])
    func otherFamiliesAreRefused(name: String) throws {
        let error = try #require(throws: GGUFError.self) { try GGUFExport(try student(name), as: .f32, name: "s") }
        #expect(error.code == .model && error.message.contains("llama, mistral, qwen2, qwen3, gpt2"), "\(error.message)")
    }

    @Test func positionsThatTheFileWouldNotSayAreRefused() throws {
        let error = try #require(throws: GGUFError.self) { try GGUFExport(try student("qwen3-yarn"), as: .f32, name: "s") }
        #expect(error.code == .model && error.message.contains("scaled by yarn or longrope"), "\(error.message)")
    }

    /// llama.cpp finds an added token wherever it stands, and takes no space with it.
    @Test(arguments: ["lstrip", "rstrip", "single_word"])
    func addedTokensWithRulesOfTheirOwnAreRefused(flag: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gguf-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: Self.goldens.appendingPathComponent("llama-gqa-tied"), to: folder)
        let file = folder.appendingPathComponent("tokenizer.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        let place = try #require(text.firstRange(of: try Regex("\"\(flag)\"\\s*:\\s*false")))
        try Data(text.replacingCharacters(in: place, with: "\"\(flag)\": true").utf8).write(to: file)
        let error = try #require(throws: GGUFError.self) {
            try GGUFExport(try Student(folder: folder, threads: 1), as: .f32, name: "s")
        }
        #expect(error.code == .tokenizer && error.message.contains("\"\(flag)\""), "\(error.message)")
    }

    @Test func valuesBeyondTheTypeAreRefused() throws {
        let student = try student("llama-gqa-tied")
        try student.ownWeights()
        let tensor = try #require(student.weights.tensor(named: "model.layers.0.mlp.up_proj.weight"))
        student.weights.mutableValues(of: tensor)[3] = 70_000
        let error = try #require(throws: GGUFError.self) { try exported(student, .f16) }
        #expect(error.code == .values && error.message.contains("blk.0.ffn_up.weight"), "\(error.message)")
        #expect(throws: Never.self) { try exported(student, .f32) }
    }
}

extension StudentConfiguration.Positions {
    fileprivate var hasFactors: Bool {
        if case .rotary(let rotary) = self, case .llama3 = rotary.scaling { true } else { false }
    }
}
