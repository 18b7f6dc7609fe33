import CKernels
import Foundation
import Synchronization

/// A pool of threads that share the parts of one work item at a time; the caller is one of them.
///
/// An idle thread first spins, since the next item usually follows within microseconds, then sleeps. Parts are handed out in order to
/// any free thread, so that a part must not depend on its thread; the caller adds up results in the order of the parts, which keeps
/// them reproducible. Not for two callers at once, nor for calls from inside a part.
package final class Workers {
    /// Number of threads, the caller included.
    package let threads: Int
    private let board: Board
    private var handles: [pthread_t] = []

    /// - Precondition: `threads` is at least 1.
    package init(threads: Int) {
        precondition(threads >= 1, "\(threads) threads; at least 1")
        self.threads = threads
        board = Board()
        for worker in 1..<max(threads, 1) {
            let argument = Unmanaged.passRetained(Recruit(board: board, worker: worker))
            var handle = pthread_t()
            let code = pthread_create(
                &handle, nil,
                { argument in
                    let recruit = Unmanaged<Recruit>.fromOpaque(argument!).takeRetainedValue()
                    recruit.board.serve(worker: recruit.worker)
                    return nil
                }, argument.toOpaque())
            precondition(code == 0, "pthread_create answered \(code)")
            handles.append(handle)
        }
    }

    deinit {
        board.post(nil, parts: 0, recruits: handles.count)
        for handle in handles { pthread_join(handle, nil) }
    }

    /// Calls `body` once for every part in `0..<parts` and returns when all are done.
    package func run(_ parts: Int, _ body: (_ part: Int) -> Void) {
        run(parts) { part, _ in body(part) }
    }

    /// Calls `body` once for every part, with the number of its worker in `0..<threads`, for use of that worker's scratch memory.
    package func run(_ parts: Int, _ body: (_ part: Int, _ worker: Int) -> Void) {
        guard threads > 1, parts > 1 else {
            for part in 0..<max(parts, 0) { body(part, 0) }
            return
        }
        withoutActuallyEscaping(body) { body in
            board.post(body, parts: parts, recruits: handles.count)
            board.work(worker: 0)
            board.waitUntilDone()
        }
    }

    /// Splits `0..<count` into one contiguous range for each worker, all but the last a multiple of `grain` long, and calls `body` for
    /// the ranges that are not empty.
    ///
    /// Small work, less than `grain` for each worker, uses fewer workers: waking one costs about a microsecond.
    package func split(_ count: Int, grain: Int, _ body: (_ range: Range<Int>, _ worker: Int) -> Void) {
        let share = max(grain, ((count + threads - 1) / threads + grain - 1) / grain * grain)
        run((count + share - 1) / share) { part, worker in
            body(part * share..<min(count, (part + 1) * share), worker)
        }
    }
}

/// The arguments of a new thread, passed through `pthread_create`.
private final class Recruit {
    let board: Board
    let worker: Int

    init(board: Board, worker: Int) {
        self.board = board
        self.worker = worker
    }
}

/// The place where the caller posts work and the threads find it.
///
/// `body` and `parts` are written only between two work items, when no thread reads them, and published by `round`.
private final class Board: @unchecked Sendable {
    private var body: ((Int, Int) -> Void)?
    private var parts = 0
    private let round = Atomic<Int>(0)
    private let next = Atomic<Int>(0)
    private let busy = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Number of reads of the board before a thread goes to sleep; about 30 microseconds.
    private static let looks = 1000

    init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(wake, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        pthread_cond_destroy(wake)
        lock.deallocate()
        wake.deallocate()
    }

    /// Publishes a work item; nil as body tells the threads to end.
    func post(_ body: ((Int, Int) -> Void)?, parts: Int, recruits: Int) {
        self.body = body
        self.parts = parts
        next.store(0, ordering: .relaxed)
        busy.store(recruits, ordering: .relaxed)
        round.add(1, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
            pthread_mutex_lock(lock)
            pthread_cond_broadcast(wake)
            pthread_mutex_unlock(lock)
        }
    }

    func work(worker: Int) {
        guard let body else { return }
        while true {
            let part = next.add(1, ordering: .relaxed).oldValue
            guard part < parts else { return }
            body(part, worker)
        }
    }

    func waitUntilDone() {
        var looks = 0
        while busy.load(ordering: .acquiring) > 0 {
            looks += 1
            // The thread that is waited for may need this very processor.
            if looks < 2 * Self.looks { pause_while_spinning() } else { sched_yield() }
        }
        body = nil
    }

    func serve(worker: Int) {
        var seen = 0
        while true {
            seen = waitForRound(after: seen)
            let last = body == nil
            work(worker: worker)
            busy.subtract(1, ordering: .releasing)
            if last { return }
        }
    }

    private func waitForRound(after seen: Int) -> Int {
        for _ in 0..<Self.looks {
            let now = round.load(ordering: .acquiring)
            if now != seen { return now }
            pause_while_spinning()
        }
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        sleepers.add(1, ordering: .sequentiallyConsistent)
        defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
        while true {
            let now = round.load(ordering: .sequentiallyConsistent)
            if now != seen { return now }
            pthread_cond_wait(wake, lock)
        }
    }
}
