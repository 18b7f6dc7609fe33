import PladTensor

/// The best rate at which threads together read memory, the bound of a product whose weights are each used once.
enum ReadRate {
    /// A cache line.
    private typealias Line = SIMD8<UInt64>

    /// The best of `passes` over a buffer of `bytes`, for each access order, in bytes a second.
    ///
    /// If the buffer fits a cache, the cache's rate is measured. A thread reads its part in one run or in several interleaved ones: the
    /// processor prefetches within a page, so that some reach their best rate only with several.
    static func best(bytes: Int, passes: Int, workers: Workers) throws -> Double {
        let width = MemoryLayout<Line>.size
        // Parts are handed out to whoever is free, so that a thread held up keeps the others no longer than a part takes.
        let part = max(4 * width, min(4 << 20, bytes / workers.threads) / (4 * width) * 4 * width)
        let parts = max(1, bytes / part)
        let buffer = AlignedBuffer(count: parts * part / MemoryLayout<Float>.stride)
        let lines = UnsafeMutableRawPointer(buffer.pointer).bindMemory(to: Line.self, capacity: parts * part / width)
        let count = part / width
        workers.run(parts) { (lines + $0 * count).update(repeating: Line(repeating: 1), count: count) }

        let sums = UnsafeMutablePointer<Line>.allocate(capacity: parts)
        defer { sums.deallocate() }
        let clock = ContinuousClock()
        var least = Double.infinity
        for runs in [1, 2, 4] {
            for _ in 0..<passes {
                try Interruption.check()
                let seconds = clock.measure {
                    workers.run(parts) { sums[$0] = sum(lines + $0 * count, count: count, runs: runs) }
                }.inSeconds
                // That the sum is used keeps the reading from being optimised away.
                precondition((0..<parts).allSatisfy { sums[$0] == Line(repeating: UInt64(count)) }, "memory changed")
                least = min(least, seconds)
            }
        }
        withExtendedLifetime(buffer) {}
        return Double(parts * part) / least
    }

    /// The sum of `count` lines, a multiple of 4, in 1, 2 or 4 interleaved runs.
    @inline(never)
    private static func sum(_ start: UnsafePointer<Line>, count: Int, runs: Int) -> Line {
        let (quarter, step) = (count / 4, 4 / runs)
        let second = start + (runs == 4 ? quarter : 1)
        let third = start + (runs == 1 ? 2 : 2 * quarter)
        let fourth = third + (second - start)
        var (a, b, c, d) = (Line.zero, Line.zero, Line.zero, Line.zero)
        var index = 0
        for _ in 0..<quarter {
            a &+= start[index]
            b &+= second[index]
            c &+= third[index]
            d &+= fourth[index]
            index &+= step
        }
        return a &+ b &+ c &+ d
    }
}
