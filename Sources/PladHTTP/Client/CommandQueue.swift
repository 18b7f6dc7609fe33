import CCurl
import PladRecords

/// A curl multi handle that is shared between threads.
///
/// `@unchecked Sendable`: only the curl thread uses the handle; other threads call only `curl_multi_wakeup`, which curl documents as
/// callable from any thread, and only under the queue's lock while the handle is open.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
}

/// The queue of callers' commands to the curl thread.
final class CommandQueue: Sendable {
    enum Command: Sendable {
        case send(UInt64, HTTPRequest, ResponseSlot)
        case cancel(UInt64)
        case shutDown
    }

    private struct State {
        var commands: [Command] = []
        var multi: MultiHandle?
        var closed: TransportFault?
    }

    private let state: Locked<State>

    init(waking multi: MultiHandle) {
        state = Locked(State(multi: multi))
    }

    /// Queues a command and wakes the thread, unless the queue was not empty: it is then awake or about to be. Returns the reason if
    /// the queue is closed.
    @discardableResult
    func post(_ command: Command) -> TransportFault? {
        state.withLock { state in
            if let closed = state.closed { return closed }
            state.commands.append(command)
            if state.commands.count == 1, let multi = state.multi { curl_multi_wakeup(multi.pointer) }
            return nil
        }
    }

    /// Takes all queued commands, in order.
    func collect() -> [Command] {
        state.withLock { state in
            defer { state.commands.removeAll() }
            return state.commands
        }
    }

    /// Closes the queue for good and returns the commands in it: every later `post` returns `reason`, and nobody wakes the handle.
    func close(_ reason: TransportFault) -> [Command] {
        state.withLock { state in
            defer { state.commands.removeAll() }
            state.closed = reason
            state.multi = nil
            return state.commands
        }
    }
}
