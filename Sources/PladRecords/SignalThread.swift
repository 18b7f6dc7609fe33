import Foundation

/// Handles the process's signals on a thread of their own, whatever the other threads do or wait for.
///
/// The signal handler writes the signal's number into a pipe, which is safe at any moment; the thread reads it there. If the signal
/// arrives on another thread, its interrupted calls are restarted (`SA_RESTART`), except waits with a time limit. Threads made after
/// `handle` block these signals, so that only this thread receives them.
package enum SignalThread {
    /// Write end of the pipe, for the handler, which takes no argument: -1 before the first call.
    nonisolated(unsafe) private static var entrance: Int32 = -1

    /// Calls `handler` with each of these signals, one after the other, for the rest of the process's life.
    ///
    /// - Precondition: called once only.
    package static func handle(_ signals: [Int32], _ handler: @escaping @Sendable (Int32) -> Void) {
        precondition(entrance == -1, "signals are handled already")
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { preconditionFailure("pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A handler must not wait: signals beyond 65,536 that nobody has read yet are dropped.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        entrance = ends[1]
        let exit = ends[0]

        var ours = sigset_t()
        sigemptyset(&ours)
        for number in signals { sigaddset(&ours, number) }
        let thread = Thread { [ours] in
            var ours = ours
            pthread_sigmask(Int32(SIG_UNBLOCK), &ours, nil)
            var number: UInt8 = 0
            while true {
                let count = read(exit, &number, 1)
                if count == 1 { handler(Int32(number)) } else if count == 0 || errno != EINTR { return }
            }
        }
        thread.name = "signals"
        pthread_sigmask(Int32(SIG_BLOCK), &ours, nil)
        for number in signals { install(number) }
        thread.start()
    }

    private static func install(_ number: Int32) {
        var action = sigaction()
        let handler: @convention(c) (Int32) -> Void = { number in
            let kept = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(SignalThread.entrance, &byte, 1)
            errno = kept
        }
        #if os(Linux)
            action.__sigaction_handler.sa_handler = handler
        #else
            action.__sigaction_u.__sa_handler = handler
        #endif
        action.sa_flags = Int32(SA_RESTART)
        sigemptyset(&action.sa_mask)
        sigaction(number, &action, nil)
    }
}
