import Foundation
import PladRecords
import PladStudent
import PladTestSupport
import PladTraining
import Testing

/// A state of training whose checksum is right and whose header a stranger wrote is refused, or taken over as it says.
struct FuzzCheckpointTests {
    @Test func damagedHeadersAreRefusedOrRead() throws {
        let fixture = try Fixture("llama-gqa-tied")
        func trainer() throws -> Trainer {
            try Trainer(
                student: fixture.student(), pairs: fixture.pairs, loss: RankLoss(),
                settings: TrainingSettings(steps: 4, batchSize: 4, learningRate: 1e-3, clip: 0, seed: 3), phase: "test")
        }
        try Fixture.withTemporaryFolder { folder in
            let state = folder.appendingPathComponent("training.state")
            let first = try trainer()
            for _ in 0..<2 { try first.step() }
            try first.save(to: state)
            let whole = try Data(contentsOf: state)
            let header = Array(whole.prefix { $0 != 0x0a })
            let numbers = whole.dropFirst(header.count).dropLast(32)
            let other = try trainer()
            try Fuzzing(name: "checkpoints", share: 0.02).run([header], isJSON: true) { bytes, mutator in
                let head = Data(bytes.filter { $0 != 0x0a })
                let body = head + (mutator.pick(4) == 0 ? numbers.dropLast(mutator.pick(200)) : numbers)
                try (body + Data(Digest(of: body).bytes)).write(to: state)
                _ = try other.restore(from: state)
                #expect(other.isDone || other.log.count < other.totalSteps)
            }
        }
    }
}
