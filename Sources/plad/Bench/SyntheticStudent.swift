import Foundation
import PladRecords
import PladStudent

/// A student with random weights, and random tokens for it.
///
/// It is written to a temporary Hugging Face folder and read like every student. Its tokenizer has bytes only; the other ids of the
/// vocabulary have no text, which a benchmark does not need.
enum SyntheticStudent {
    /// Id of the end-of-sequence token.
    static let end = 256

    static func make(_ shape: BenchShape, _ options: BenchOptions) throws -> Student {
        try withFolder(shape, as: options.dtype) { try Student(folder: $0, threads: options.threadCount) }
    }

    /// Calls `body` with the student's folder, then removes it.
    static func withFolder<Result>(_ shape: BenchShape, as type: TensorType, _ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plad-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let config = folder.appendingPathComponent("config.json")
        try JSONSerialization.data(withJSONObject: shape.configuration(type)).write(to: config)
        try JSONSerialization.data(withJSONObject: tokenizer).write(to: folder.appendingPathComponent("tokenizer.json"))
        let model = folder.appendingPathComponent("student")
        try Student.initialise(config: config, tokenizer: folder, seed: 0, into: model)
        return try body(model)
    }

    /// A list of `count` random ids, none of them the end-of-sequence token.
    static func tokens(_ count: Int, _ shape: BenchShape, _ stream: inout SeededGenerator) -> [TokenID] {
        (0..<count).map { _ in
            let id = Int.random(in: 0..<shape.vocabulary - 1, using: &stream)
            return TokenID(id < end ? id : id + 1)
        }
    }

    /// The length `count`, or with `varying` a random one from half of it up.
    static func length(_ count: Int, varying: Bool, _ stream: inout SeededGenerator) -> Int {
        varying ? Int.random(in: max(1, count / 2)...count, using: &stream) : count
    }

    /// The tokenizer.json of byte-level BPE without merges.
    private static var tokenizer: [String: Any] {
        // GPT-2's alphabet: printable Latin-1 stands for itself, the other bytes follow from U+0100 on.
        let printable = Set(0x21...0x7e).union(0xa1...0xac).union(0xae...0xff)
        var vocabulary: [String: Int] = ["<end>": end]
        var next: UInt32 = 0x100
        for byte in 0..<256 {
            let scalar = printable.contains(byte) ? UInt32(byte) : next
            if !printable.contains(byte) { next += 1 }
            vocabulary[String(Character(Unicode.Scalar(scalar)!))] = byte
        }
        return [
            "version": "1.0",
            "added_tokens": [["id": end, "content": "<end>", "special": true]],
            "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
            "decoder": ["type": "ByteLevel"],
            "model": ["type": "BPE", "vocab": vocabulary, "merges": [String]()],
        ]
    }
}
