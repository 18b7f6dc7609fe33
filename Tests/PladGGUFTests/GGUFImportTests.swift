import Foundation
import PladGGUF
import PladRecords
import PladStudent
import PladTestSupport
import PladTokenizer
import Testing

/// A GGUF file becomes the student that it was made of.
struct GGUFImportTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gguf-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try body(folder)
    }

    /// The bits that gguf's `quants.dequantize` gives for blocks of random bytes (Tests/Fixtures/gguf/SOURCE.md).
    @Test(arguments: GGUFType.allCases.filter { $0.block.values > 1 })
    func blocksAreWidenedToTheBit(type: GGUFType) throws {
        let all = try JSONValue(parsing: Data(contentsOf: Self.fixtures.appendingPathComponent("gguf/blocks.json")))
        let known = try #require(all[type.rawValue])
        let digits = Array(try #require(known["bytes"]?.string).utf8)
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)!
        }
        #expect(bytes.count == 3 * type.block.bytes)
        var values = [Float](repeating: .nan, count: 3 * type.block.values)
        bytes.withUnsafeBytes { type.decode($0.baseAddress!, into: &values, count: values.count) }
        let first = try #require(known["first"]?.array?.compactMap { $0.double.map(Float.init) })
        #expect(Array(values.prefix(4)) == first)
        #expect(Digest(of: values.withUnsafeBytes { Data($0) }).description == known["sha256"]?.string)
    }

    @Test(arguments: ["llama-gqa-tied", "llama-biases", "llama-untied-sp", "mistral-window", "qwen2", "qwen3", "gpt2"])
    func aStudentComesBack(name: String) throws {
        let student = try Student(folder: Self.fixtures.appendingPathComponent("goldens/\(name)"), threads: 1)
        try withFolder { folder in
            let file = folder.appendingPathComponent("model.gguf")
            try GGUFExport(student, as: .f32, name: name).write(to: file)
            try GGUFImport(file).write(to: folder.appendingPathComponent("back"))
            let back = try Student(folder: folder.appendingPathComponent("back"), threads: 1)
            for tensor in student.weights.tensors {
                let found = try #require(back.weights.tensor(named: tensor.name), "\(tensor.name)")
                #expect(found.shape == tensor.shape)
                #expect(back.weights.values(of: found).elementsEqual(student.weights.values(of: tensor)), "\(tensor.name)")
            }
            #expect(back.weights.tensors.count == student.weights.tensors.count)
            #expect(back.endOfSequence.first == student.endOfSequence.first)
            for text in ["Hello world!", "It's 12345 o'clock  now\n\n", "naïve café – 東京 🙂", " a", "", "<s>x</s>"] {
                let (ours, theirs) = (student.tokenizer, back.tokenizer)
                #expect(ours.encode(text, addSpecialTokens: true) == theirs.encode(text, addSpecialTokens: true), "\(text)")
                let ids = ours.encodeContinuation(text)
                #expect(theirs.encodeContinuation(text) == ids, "\(text)")
                #expect(ours.decode(ids, skipSpecialTokens: false) == theirs.decode(ids, skipSpecialTokens: false), "\(text)")
            }
            // The same numbers, tensors and words give the same file.
            var (shape, other) = (student.configuration, back.configuration)
            (shape.family, other.family) = ("", "")
            (shape.initialisation, other.initialisation) = (.same(0), .same(0))
            (shape.windows, other.windows) = ([], [])
            if name == "mistral-window" { shape.contextLength = other.contextLength }
            (shape.endOfSequence, other.endOfSequence, shape.beginningOfSequence, other.beginningOfSequence) = ([], [], nil, nil)
            #expect(shape == other)
        }
    }

    /// A file whose tensors are not those of its metadata: the error names the file, and nothing is left of the folder.
    @Test func aFileThatMakesNoStudentLeavesNothing() throws {
        let student = try Student(folder: Self.fixtures.appendingPathComponent("goldens/llama-gqa-tied"), threads: 1)
        try withFolder { folder in
            let (file, out) = (folder.appendingPathComponent("model.gguf"), folder.appendingPathComponent("out"))
            try GGUFExport(student, as: .f32, name: "s").write(to: file)
            var data = try Data(contentsOf: file)
            let place = try #require(data.range(of: Data("blk.1.attn_q.weight".utf8)))
            data.replaceSubrange(place, with: Data("blk.7.attn_q.weight".utf8))
            try data.write(to: file)
            let error = try #require(throws: GGUFError.self) { try GGUFImport(file).write(to: out) }
            #expect(error.message.contains(file.path) && error.message.contains("q_proj.weight"), "\(error.message)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.gguf"])
        }
    }

    @Test func whatIsNotKnownIsNamed() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("model.gguf")
            for (bytes, words) in [("", "begin with GGUF"), ("GGUF", "cut off"), ("GGUF\u{0}\u{0}\u{0}\u{3}", "little-endian")] {
                try Data(bytes.utf8).write(to: file)
                let error = try #require(throws: GGUFError.self) { try GGUFImport(file) }
                #expect(error.message.contains(words) && error.message.contains(file.path), "\(error.message)")
            }
        }
    }
}
