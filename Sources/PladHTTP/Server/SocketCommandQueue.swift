import Foundation
import PladRecords

/// A command from other threads to the thread that owns the sockets.
enum SocketCommand: Sendable {
    case send(Int, Data, CheckedContinuation<Void, any Error>)
    case close(Int, abruptly: Bool)
    /// The handler of the connection's current request has returned.
    case handled(Int)
    /// Stop accepting, give the current requests so much time (or cancel them), then end the thread.
    case stop(abruptly: Bool, within: Duration, CheckedContinuation<Void, Never>)
}

/// The queue of commands to the socket thread, with a pipe whose readable end wakes it from `poll`.
///
/// `lock` guards `waiting` and `isClosed`.
final class SocketCommandQueue: @unchecked Sendable {
    let wakeDescriptor: Int32
    private let signalDescriptor: Int32
    private let lock = NSLock()
    private var waiting: [SocketCommand] = []
    private var isClosed = false

    init() {
        var ends: [Int32] = [0, 0]
        let result = pipe(&ends)
        precondition(result == 0, "pipe answered \(result): \(String(cString: strerror(errno)))")
        wakeDescriptor = ends[0]
        signalDescriptor = ends[1]
        _ = Sockets.prepare(wakeDescriptor)
        _ = Sockets.prepare(signalDescriptor)
    }

    deinit {
        Foundation.close(wakeDescriptor)
        Foundation.close(signalDescriptor)
    }

    func post(_ command: SocketCommand) {
        let (accepted, isFirst) = lock.withLock {
            if isClosed { return (false, false) }
            waiting.append(command)
            return (true, waiting.count == 1)
        }
        guard accepted else { return Self.decline(command) }
        guard isFirst else { return }
        var byte: UInt8 = 0
        _ = write(signalDescriptor, &byte, 1)
    }

    /// Takes all queued commands, oldest first.
    func take() -> [SocketCommand] {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(wakeDescriptor, &bytes, bytes.count) == bytes.count {}
        return lock.withLock {
            defer { waiting.removeAll(keepingCapacity: true) }
            return waiting
        }
    }

    /// Declines all queued and later commands, since the thread has ended.
    func close() {
        let left = lock.withLock {
            isClosed = true
            defer { waiting = [] }
            return waiting
        }
        left.forEach(Self.decline)
    }

    private static func decline(_ command: SocketCommand) {
        switch command {
        case .send(_, _, let sent): sent.resume(throwing: HTTPError(.gone, "the server has shut down"))
        case .stop(_, _, let stopped): stopped.resume()
        case .close, .handled: break
        }
    }
}
