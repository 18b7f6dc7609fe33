import Foundation
import PladRecords
import PladStudent
import PladTensor
import Testing

/// A folder that goes away with its last owner.
final class TemporaryFolder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("plad-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    /// A copy of a golden student.
    init(of name: String) throws { try FileManager.default.copyItem(at: Golden.folder(name), to: url) }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String) -> URL { url.appendingPathComponent(name) }
    func bytes(_ name: String) throws -> Data { try Data(contentsOf: file(name)) }

    func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: file(name)) }
}

extension Student {
    /// All its own weights, tensor by tensor.
    var numbers: [Float] { weights.tensors.flatMap { weights.values(of: $0) } }
}

@Suite struct EngineFileTests {
    @Test(arguments: Golden.names, TensorType.allCases)
    func savedStudentsReadBackAsTheyWere(_ name: String, _ type: TensorType) throws {
        let folder = try TemporaryFolder()
        let student = try Golden.student(name)
        try student.save(to: folder.file("a"), as: type)
        let second = try Student(folder: folder.file("a"), threads: 2)
        // A relative half unit in the last place: 2^-8 for bf16, 2^-11 for f16, whose subnormals are 2^-25 apart at least.
        let tolerance: Float = type == .f32 ? 0 : type == .bf16 ? 0x1p-8 : 0x1p-11
        for (a, b) in zip(student.numbers, second.numbers) {
            if abs(a - b) > tolerance * abs(a) + (type == .f16 ? 0x1p-25 : 0) { Issue.record("\(a) became \(b)") }
        }
        #expect(second.configuration == student.configuration && second.endOfSequence == student.endOfSequence)
        try second.save(to: folder.file("b"), as: type)
        for file in ["model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json"] {
            #expect(try folder.bytes("a/" + file) == folder.bytes("b/" + file))
        }
        #expect(try String(decoding: folder.bytes("a/config.json"), as: UTF8.self).contains("\"dtype\": \"\(type.torchName)\""))
    }

    /// What is written can be read again: no number becomes infinite on its way.
    @Test(arguments: [
        (TensorType.f16, Float(65_519.9), true), (.f16, 65_520, false), (.f16, -7e4, false), (.bf16, 9e18, true),
        (.bf16, .greatestFiniteMagnitude, false), (.f32, 9.9e18, true), (.f32, 1.1e19, false), (.f32, .infinity, false),
        (.bf16, .nan, false),
    ])
    func aNumberThatTheTypeCannotHoldIsNotWritten(type: TensorType, value: Float, fits: Bool) throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        let student = try Student(folder: folder.url, threads: 1)
        try student.makeTrainable()
        student.weights.buffer.pointer[5] = value
        guard !fits else {
            try student.save(to: folder.file("out"), as: type)
            return #expect(try Student(folder: folder.file("out"), threads: 1).numbers.allSatisfy(\.isFinite))
        }
        let error = #expect(throws: StudentError.self) { try student.save(to: folder.file("out"), as: type) }
        let name = try #require(student.weights.tensors.first).name
        #expect(error?.code == .tensors && error?.message.hasPrefix("\(name) holds \(value)") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.file("out").path))
    }

    @Test func aStudentMayBeSavedOverItsOwnFolder() throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        let student = try Student(folder: folder.url, threads: 1)
        try student.makeTrainable()
        student.weights.buffer.pointer[0] = 3
        try student.save(to: folder.url, as: .f32)
        let second = try Student(folder: folder.url, threads: 1)
        #expect(second.numbers == student.numbers && second.numbers[0] == 3)
        let parent = try FileManager.default.contentsOfDirectory(atPath: folder.url.deletingLastPathComponent().path)
        #expect(!parent.contains { $0.hasPrefix(".\(folder.url.lastPathComponent)") })
    }

    @Test(arguments: Golden.names)
    func weightsInTheirFileComputeWhatCopiesDo(_ name: String) throws {
        let (mapped, copied) = (try Golden.student(name), try Golden.student(name))
        try copied.ownWeights()
        // GPT-2's files hold matrices the other way round.
        #expect(mapped.weights.areMapped == (name != "gpt2") && !copied.weights.areMapped)
        let golden = try Golden.load(name)
        let scores = try [mapped, copied].map { try $0.logProbabilities(of: golden.trees) }
        #expect(distance(scores[0], scores[1]) < 1e-5)
        let request = DecodeRequest(
            prompt: golden.trees[0].prompt, parameters: SamplingParameters(temperature: 1, maxTokens: 12),
            streams: [SeededGenerator(seed: 1), SeededGenerator(seed: 2)])
        let samples = try [mapped, copied].map { try $0.sample([request], slots: 2)[0] }
        #expect(samples[0].map(\.ids) == samples[1].map(\.ids))
        for (a, b) in zip(samples[0], samples[1]) { #expect(abs(a.logProbability - b.logProbability) < 1e-4) }
    }

    /// One tensor of another type, or a header that leaves floats at odd addresses, makes all of them a copy.
    @Test func weightsThatCannotBeUsedInTheirFileAreCopied() throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        let mapped = try Golden.student("llama-gqa-tied")
        try mapped.save(to: folder.file("half"), as: .bf16)
        #expect(try !Student(folder: folder.file("half"), threads: 1).weights.areMapped)

        let file = folder.file("model.safetensors")
        let bytes = try Data(contentsOf: file)
        let length = bytes.withUnsafeBytes { Int(UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))) }
        let header = bytes[8..<8 + length]
        func write(_ header: Data, _ tensors: Data) throws {
            try (withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header + tensors).write(to: file)
        }
        try write(header + Data(" ".utf8), bytes[(8 + length)...])
        let odd = try Student(folder: folder.url, threads: 1)
        #expect(!odd.weights.areMapped && odd.numbers == mapped.numbers)

        // The last tensor as the upper halves of its numbers.
        let end = bytes.count - 8 - length
        var entries = try #require(try JSONSerialization.jsonObject(with: header) as? [String: [String: Any]])
        let last = try #require(entries.first { ($0.value["data_offsets"] as? [Int])?.last == end }?.key)
        let start = try #require((entries[last]?["data_offsets"] as? [Int])?.first)
        entries[last]?["dtype"] = "BF16"
        entries[last]?["data_offsets"] = [start, (start + end) / 2]
        let tensors = bytes[(8 + length)...]
        let upper = tensors.dropFirst(start).enumerated().filter { $0.offset % 4 > 1 }.map(\.element)
        try write(JSONSerialization.data(withJSONObject: entries), tensors.prefix(start) + upper)
        let mixed = try Student(folder: folder.url, threads: 1)
        #expect(!mixed.weights.areMapped)
        for tensor in mapped.weights.tensors {
            let cut: UInt32 = tensor.name == last ? 0xffff_0000 : .max
            let expected = mapped.weights.values(of: tensor).map { Float(bitPattern: $0.bitPattern & cut) }
            let areEqual = mixed.weights.values(of: tensor).elementsEqual(expected)
            #expect(areEqual, "\(tensor.name)")
        }
    }

    @Test func aFileWrittenIntoWhileItIsReadIsNoticedAndAReplacedOneStays() throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        let trees = try Golden.load("llama-gqa-tied").trees
        let student = try Student(folder: folder.url, threads: 1)
        let adapted = try Student(folder: folder.url, threads: 1)
        try adapted.attachAdapter(LoRA(rank: 2, alpha: 4, targets: ["q_proj"]), seed: 1)
        let before = try student.logProbabilities(of: trees)
        let file = folder.file("model.safetensors")
        try FileManager.default.moveItem(at: file, to: folder.file("old"))
        try Data(contentsOf: Golden.folder("qwen3").appendingPathComponent("model.safetensors")).write(to: file)
        #expect(try student.logProbabilities(of: trees) == before)
        let pass = GradientPass(student: adapted, gradients: Weights(like: adapted.trainable))
        _ = try pass.forward(trees)

        let handle = try FileHandle(forUpdating: folder.file("old"))
        try handle.seek(toOffset: 5000)
        try handle.write(contentsOf: Data(repeating: 0, count: 4000))
        try handle.close()
        let request = DecodeRequest(
            prompt: trees[0].prompt, parameters: SamplingParameters(temperature: 0, maxTokens: 4), streams: [SeededGenerator(seed: 1)])
        let uses: [(String, () throws -> Void)] = [
            ("backward", { try pass.backward(trees.map { $0.continuations.map { _ in 1 } }) }),
            ("forward", { _ = try pass.forward(trees) }),
            ("scores", { _ = try student.logProbabilities(of: trees) }),
            ("samples", { _ = try student.sample([request], slots: 1) }),
            ("save", { try student.save(to: folder.file("new"), as: .f32) }),
            ("adapter", { try adapted.saveAdapter(to: folder.file("new")) }),
            ("merge", { try adapted.mergeAdapter() }),
            ("copy", { try student.ownWeights() }),
        ]
        for (name, use) in uses {
            let error = #expect(throws: StudentError.self, "\(name)") { try use() }
            #expect(error?.code == .files && error?.message.contains("model.safetensors was changed") == true, "\(name)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("new").path))
    }

    @Test func aPipeIsNoModel() throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        let file = folder.file("model.safetensors")
        try FileManager.default.removeItem(at: file)
        #expect(mkfifo(file.path, 0o600) == 0)
        #expect(refusal(folder, .files)?.contains("model.safetensors: it is not a file") == true)
    }

    @Test func shardedFilesEqualASingleOne() throws {
        let folder = try TemporaryFolder(of: "llama-untied-sp")
        let whole = try Golden.student("llama-untied-sp")
        try FileManager.default.removeItem(at: folder.file("model.safetensors"))
        var map: [String: String] = [:]
        for part in 0..<3 {
            var offset = 0
            let layout = whole.weights.tensors.enumerated().filter { $0.offset % 3 == part }.map { _, tensor in
                defer { offset += tensor.count }
                return TensorLayout(name: tensor.name, shape: tensor.shape, offset: offset)
            }
            let shard = Weights(tensors: layout)
            for tensor in layout {
                _ = shard.mutableValues(of: tensor).update(from: whole.weights.values(of: whole.weights.tensor(named: tensor.name)!))
                map[tensor.name] = "model-\(part).safetensors"
            }
            try Safetensors.write(shard, as: .f32, to: folder.file("model-\(part).safetensors"))
        }
        try JSONEncoder().encode(["weight_map": map]).write(to: folder.file("model.safetensors.index.json"))
        let sharded = try Student(folder: folder.url, threads: 2)
        #expect(sharded.numbers == whole.numbers && sharded.weights.areMapped)
        let trees = try Golden.load("llama-untied-sp").trees
        #expect(try sharded.logProbabilities(of: trees) == whole.logProbabilities(of: trees))

        try FileManager.default.removeItem(at: folder.file("model-1.safetensors"))
        #expect(refusal(folder, .files)?.contains("model-1.safetensors") == true)
        map["model.norm.weight"] = "../elsewhere.safetensors"
        try JSONEncoder().encode(["weight_map": map]).write(to: folder.file("model.safetensors.index.json"))
        #expect(refusal(folder, .files)?.contains("elsewhere") == true)
    }

    @Test func randomStudentsAreReproducibleAndWellSpread() throws {
        let folder = try TemporaryFolder()
        let source = Golden.folder("llama-untied-sp")
        let config = source.appendingPathComponent("config.json")
        for (name, seed) in [("a", UInt64(1)), ("b", 1), ("c", 2)] {
            try Student.initialise(config: config, tokenizer: source, seed: seed, into: folder.file(name))
        }
        #expect(try folder.bytes("a/model.safetensors") == folder.bytes("b/model.safetensors"))
        #expect(try folder.bytes("a/model.safetensors") != folder.bytes("c/model.safetensors"))
        let student = try Student(folder: folder.file("a"), threads: 1)
        for tensor in student.weights.tensors {
            let values = student.weights.values(of: tensor)
            guard tensor.shape.count > 1 else {
                #expect(values.allSatisfy { $0 == 1 })
                continue
            }
            let deviation = (sumOfSquares(values.baseAddress!, count: values.count) / Double(values.count)).squareRoot()
            #expect(abs(deviation - 0.02) < 0.001, "\(tensor.name)")
        }
        let query = student.weights.tensor(named: "model.layers.0.self_attn.q_proj.weight")!
        let key = student.weights.tensor(named: "model.layers.0.self_attn.k_proj.weight")!
        #expect(student.weights.values(of: query)[0] != student.weights.values(of: key)[0])
    }

    @Test func olderConfigurationsMeanTheSame() throws {
        let folder = try TemporaryFolder(of: "llama3-ropescaled")
        let new = try Student(folder: folder.url, threads: 1).configuration
        var config = try JSONSerialization.jsonObject(with: folder.bytes("config.json")) as! [String: Any]
        var scaling = config.removeValue(forKey: "rope_parameters") as! [String: Any]
        config["rope_theta"] = scaling.removeValue(forKey: "rope_theta")
        config["rope_scaling"] = scaling
        config["torch_dtype"] = config.removeValue(forKey: "dtype")
        try JSONSerialization.data(withJSONObject: config).write(to: folder.file("config.json"))
        let student = try Student(folder: folder.url, threads: 1)
        #expect(student.configuration == new)
        let scaling3 = RotaryConfiguration.Scaling.llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 64)
        #expect(new.positions == .rotary(RotaryConfiguration(theta: 500_000, scaling: scaling3)))
        try student.save(to: folder.file("saved"), as: .bf16)
        #expect(try String(decoding: folder.bytes("saved/config.json"), as: UTF8.self).contains("\"torch_dtype\": \"bfloat16\""))
    }

    @Test func relativeDistancesFallIntoTheReferencesBuckets() throws {
        struct Buckets: Decodable {
            var both: [Int]
            var past: [Int]
        }
        let file = Golden.fixtures.appendingPathComponent("relative-buckets.json")
        for (key, expected) in try JSONDecoder().decode([String: Buckets].self, from: Data(contentsOf: file)) {
            let numbers = key.split(separator: ",").map { Int($0)! }
            let relative = RelativeConfiguration(buckets: numbers[0], maximumDistance: numbers[1])
            #expect((-200...200).map { relative.bucket(distance: $0, bothWays: true) } == expected.both)
            #expect((-200...200).map { relative.bucket(distance: $0, bothWays: false) } == expected.past)
        }
    }

    /// What `Student` says of a damaged folder; nil when it takes it or throws another code.
    func refusal(_ folder: TemporaryFolder, _ code: StudentError.Code) -> String? {
        do {
            _ = try Student(folder: folder.url, threads: 1)
            return nil
        } catch let error as StudentError where error.code == code {
            return error.message
        } catch {
            return nil
        }
    }
}
