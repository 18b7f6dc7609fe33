import Foundation
import PladRecords
import PladStudent
import PladTensor
import PladTraining

/// A reference case of Tests/Fixtures/goldens: a model and what PyTorch computes on it.
struct Fixture {
    struct Golden: Decodable {
        struct Pair: Decodable {
            var promptIds: [TokenID]
            var chosenIds: [TokenID]
            var rejectedIds: [TokenID]
        }

        struct RankStep: Decodable {
            var beta: Double
            var swapped: Bool
            var loss: Double
            var gradNormTotal: Double
            var paramNormsAfterAdamw: [String: Double]
        }

        var pairs: [Pair]
        var rankStep: RankStep
    }

    let folder: URL
    let golden: Golden

    init(_ name: String) throws {
        folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/goldens/\(name)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        golden = try decoder.decode(Golden.self, from: Data(contentsOf: folder.appendingPathComponent("golden.json")))
    }

    func student(threads: Int = 1) throws -> Student {
        try Student(folder: folder, threads: threads)
    }

    /// The reference's pairs; where it says `swapped`, the rejected ids serve as the preferred side.
    var pairs: [EncodedGroup] {
        golden.pairs.enumerated().map { index, pair in
            let (chosen, rejected) = golden.rankStep.swapped ? (pair.rejectedIds, pair.chosenIds) : (pair.chosenIds, pair.rejectedIds)
            return EncodedGroup(id: "pair-\(index)", prompt: pair.promptIds, chosen: chosen, rejected: rejected)
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
    /// All weights, and what is trained of them or beside them, as they lie in memory.
    var bytes: Data {
        [weights, trainable].reduce(into: Data()) { bytes, weights in
            for tensor in weights.tensors { bytes.append(Data(buffer: weights.values(of: tensor))) }
        }
    }
}
