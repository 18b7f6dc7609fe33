import PladHTTP
import PladRecords
import Testing

@Suite struct ConcurrencyLimitTests {
    @Test func neverMoreThanTheLimitHoldAPlace() async throws {
        let limit = ConcurrencyLimit(3)
        let holders = Holders()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<500 {
                group.addTask {
                    try await limit.withPermit {
                        holders.enter()
                        await Task.yield()
                        holders.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(holders.most == 3)
    }

    @Test func whoIsCancelledWhileWaitingLeavesAndTheOthersGoOn() async throws {
        let limit = ConcurrencyLimit(1)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let first = Task { try await limit.withPermit { for await _ in gate {} } }
        let cancelled = (0..<50).map { _ in Task { try await limit.withPermit {} } }
        let others = (0..<50).map { number in Task { try await limit.withPermit { number } } }
        for task in cancelled { task.cancel() }
        for task in cancelled {
            // One that ran before the first task holds no place any more; all others were waiting.
            _ = await task.result
        }
        open.finish()
        try await first.value
        for (number, task) in others.enumerated() { #expect(try await task.value == number) }
    }

    @Test func aChangedLimitHoldsFromThenOn() async throws {
        let limit = ConcurrencyLimit(1)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let inside = Holders()
        let tasks = (0..<6).map { _ in
            Task {
                try await limit.withPermit {
                    inside.enter()
                    for await _ in gate {}
                    inside.leave()
                }
            }
        }
        while inside.most < 1 { await Task.yield() }
        limit.resize(to: 4)
        while inside.most < 4 { await Task.yield() }
        limit.resize(to: 2)
        open.finish()
        for task in tasks { try await task.value }
        #expect(inside.most == 4)
    }

    @Test func aFailureGivesThePlaceBack() async throws {
        let limit = ConcurrencyLimit(1)
        for _ in 0..<3 {
            await #expect(throws: CancellationError.self) { try await limit.withPermit { throw CancellationError() } }
        }
        #expect(try await limit.withPermit { 7 } == 7)
    }
}

/// How many are inside, and how many were at most.
private final class Holders: Sendable {
    private let count = Locked((now: 0, most: 0))
    var most: Int { count.withLock { $0.most } }

    func enter() {
        count.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
    }

    func leave() { count.withLock { $0.now -= 1 } }
}
