import Foundation
package import PladRecords

/// Chooses the random streams of a request, so that other requests do not change its samples.
///
/// With a seed, the streams derive from it. Without one, they derive from the prompt and the number of earlier requests for it without
/// a seed: asking again gives new samples, and a restarted server gives the same ones as before.
///
/// `lock` guards `asked`.
package final class StreamSeeds: @unchecked Sendable {
    private let lock = NSLock()
    private var asked: [UInt64: UInt64] = [:]
    private let capacity: Int

    /// - Parameter capacity: number of different prompts to remember (16 bytes each) before the counts start again.
    package init(capacity: Int = 1 << 20) {
        self.capacity = capacity
    }

    package func streams(for request: GenerationRequest) -> [SeededGenerator] {
        if let seed = request.parameters.seed {
            return (0..<request.samples).map { SeededGenerator(seed: seed, "serve", String($0)) }
        }
        let digest = Digest(of: request.prompt.withUnsafeBytes { Data($0) })
        let count = count(of: digest.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        return (0..<request.samples).map { SeededGenerator(seed: count, "serve", digest.description, String($0)) }
    }

    private func count(of prompt: UInt64) -> UInt64 {
        lock.withLock {
            if asked.count >= capacity, asked[prompt] == nil { asked.removeAll(keepingCapacity: true) }
            defer { asked[prompt, default: 0] += 1 }
            return asked[prompt, default: 0]
        }
    }
}
