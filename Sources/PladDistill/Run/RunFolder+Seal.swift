import Foundation
import PladRecords

/// Digests of a checkpoint's weights, beside them: a flipped bit is noticed before it is trained on or measured.
extension RunFolder {
    private struct Sealed: Codable {
        var file: String
        var sha256: String
    }

    private static func seal(of checkpoint: URL) -> URL { checkpoint.appendingPathComponent("digests.jsonl") }

    /// Records the digest of every safetensors file of a checkpoint.
    func seal(_ checkpoint: URL) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: checkpoint.path).filter { $0.hasSuffix(".safetensors") }
        let digests = try names.sorted().map { name in
            Sealed(file: name, sha256: try Digest(contentsOf: checkpoint.appendingPathComponent(name)).description)
        }
        try JSONLines.write(digests, to: Self.seal(of: checkpoint))
    }

    /// Throws `RecordError.malformed` if the weights of a checkpoint are not those that were recorded. A checkpoint of an older version
    /// has no digests, nor has a student that is not of this run.
    func requireIntact(_ checkpoint: URL) throws {
        let seal = Self.seal(of: checkpoint)
        guard checkpoint.deletingLastPathComponent().lastPathComponent == "checkpoints", Files.exists(seal) else { return }
        for sealed in try JSONLines.read(Sealed.self, from: seal) {
            let file = checkpoint.appendingPathComponent(sealed.file)
            guard try Digest(contentsOf: file).description != sealed.sha256 else { continue }
            throw RecordError(
                .malformed,
                "\(file.path) is damaged: its bytes are not those that were written; remove \(checkpoint.path) to train it again")
        }
    }
}
