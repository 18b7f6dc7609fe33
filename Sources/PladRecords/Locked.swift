import Foundation

/// A value that several threads share, accessible only inside `withLock`, by one thread at a time.
///
/// The lock is a pthread mutex rather than `Synchronization.Mutex`: on Linux that one, when contended, is handed over inside the kernel
/// (`FUTEX_LOCK_PI`), which the thread sanitizer cannot see, so that it reports every access as a race.
///
/// `@unchecked Sendable`: `mutex` guards `state`.
package final class Locked<State: Sendable>: @unchecked Sendable {
    private var state: State
    /// Allocated on the heap, since a mutex must not change its address.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    package init(_ state: State) {
        self.state = state
        let code = pthread_mutex_init(mutex, nil)
        precondition(code == 0, "pthread_mutex_init answered \(code)")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Calls `body` with the state under the lock. Not reentrant: a nested call deadlocks.
    package func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }
}
