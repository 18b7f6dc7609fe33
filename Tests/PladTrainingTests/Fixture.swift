import Foundation
import PladRecords
import PladStudent
import PladTensor
import PladTraining

/// A reference case of Tests/Fixtures/goldens: a model and what PyTorch computes on it.
struct Fixture {
    struct Golden: Decodable {
        struct Pair: Decodable {
            var prompt_ids: [TokenID]
            var chosen_ids: [TokenID]
            var rejected_ids: [TokenID]
        }

        struct RankStep: Decodable {
            var beta: Double
            var swapped: Bool
            var loss: Double
            var grad_norm_total: Double
            var param_norms_after_adamw: [String: Double]
        }

        var pairs: [Pair]
        var rank_step: RankStep
    }

    let folder: URL
    let golden: Golden

    init(_ name: String) throws {
        folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/goldens/\(name)")
        golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: folder.appendingPathComponent("golden.json")))
    }

    func student(threads: Int = 1) throws -> Student {
        try Student(folder: folder, threads: threads)
    }

    /// The reference's pairs; where it says `swapped`, the rejected ids serve as the preferred side.
    var pairs: [EncodedPair] {
        golden.pairs.enumerated().map { index, pair in
            let (chosen, rejected) = golden.rank_step.swapped ? (pair.rejected_ids, pair.chosen_ids) : (pair.chosen_ids, pair.rejected_ids)
            return EncodedPair(id: "pair-\(index)", prompt: pair.prompt_ids, chosen: chosen, rejected: rejected)
        }
    }

    /// A folder that goes when the test ends.
    static func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plad-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

extension Student {
    /// All weights as they lie in memory.
    var bytes: Data { Data(buffer: UnsafeBufferPointer(weights.buffer.values)) }
}
