import CCurl
import PladRecords

/// A multi handle on its way between threads.
///
/// `@unchecked Sendable`: the curl thread alone uses the handle; other threads call only `curl_multi_wakeup`, which
/// curl documents as callable from any thread, and only under the commandQueue's lock while the handle is open.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
}

/// A command to the curl thread, from callers.
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

    /// Leaves a command and wakes the thread, unless one already lies there: then it is awake or about to be.
    /// Returns why the commandQueue is closed when it is.
    @discardableResult
    func post(_ command: Command) -> TransportFault? {
        state.withLock { state in
            if let closed = state.closed { return closed }
            state.commands.append(command)
            if state.commands.count == 1, let multi = state.multi { curl_multi_wakeup(multi.pointer) }
            return nil
        }
    }

    /// Everything that was left since the last call, in order.
    func collect() -> [Command] {
        state.withLock { state in
            defer { state.commands.removeAll() }
            return state.commands
        }
    }

    /// Closes for good and returns what was left: from here on every `post` answers `reason`, and nobody wakes the handle.
    func close(_ reason: TransportFault) -> [Command] {
        state.withLock { state in
            defer { state.commands.removeAll() }
            state.closed = reason
            state.multi = nil
            return state.commands
        }
    }
}
