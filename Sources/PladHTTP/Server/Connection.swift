import Foundation
import PladRecords

/// A client's connection, as the socket thread keeps it.
final class Connection {
    enum Phase {
        /// Waits for a request, or for the rest of one.
        case reading
        /// A handler works on a request.
        case handling
        /// The outbox goes out, then the connection ends.
        case closing
        /// Everything was said; what the client still sends is thrown away, so that it reads the response before a reset.
        case draining
    }

    let id: Int
    let descriptor: Int32
    var phase = Phase.reading
    var parser: RequestParser
    var task: Task<Void, Never>?
    /// The turn of the socket thread in which the client last sent something.
    var lastInput = 0
    /// The head of the request in progress was looked at, and its body may be read.
    var isAdmitted = false
    /// Bytes that its input counts for among all that is being read.
    var bodyBytes = 0
    /// More was sent ahead than is kept; the connection ends once what was kept has been answered, and the client sends the rest again.
    var hasDropped = false
    /// It came when there was no room, and is told so.
    var isRefused = false
    /// Set where unread input is left when the connection ends.
    var drainsInput = false
    private var outbox: [(bytes: Data, sent: CheckedContinuation<Void, any Error>?)] = []

    init(id: Int, descriptor: Int32, limits: RequestLimits) {
        self.id = id
        self.descriptor = descriptor
        parser = RequestParser(limits: limits)
    }

    /// Input that comes while a request is handled is the next request. It is read all the same: behind it stands, unseen, that the
    /// client has gone.
    var wantsInput: Bool { phase != .closing }

    var wantsOutput: Bool { !outbox.isEmpty }

    func enqueue(_ bytes: Data, _ sent: CheckedContinuation<Void, any Error>?) {
        outbox.append((bytes, sent))
    }

    /// Sends what the system takes. Answers false when the client is gone.
    func flush() -> Bool {
        while let (bytes, sent) = outbox.first {
            let count = bytes.withUnsafeBytes { Sockets.send(descriptor, $0) }
            if count < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN || errno == EWOULDBLOCK
            }
            if count < bytes.count {
                outbox[0].bytes = bytes.dropFirst(count)
            } else {
                outbox.removeFirst()
                sent?.resume()
            }
        }
        return true
    }

    enum Input {
        case bytes(ArraySlice<UInt8>)
        case nothing
        case ended
    }

    /// Reads what has come, at most `space.count` bytes.
    func receive(into space: inout [UInt8]) -> Input {
        while true {
            let count = recv(descriptor, &space, space.count, 0)
            if count > 0 { return .bytes(space[..<count]) }
            if count == 0 { return .ended }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .nothing : .ended
        }
    }

    /// Ends the connection and tells everyone who waits for it.
    func end() {
        close(descriptor)
        task?.cancel()
        let gone = HTTPError(.gone, "the client has closed the connection")
        for (_, sent) in outbox { sent?.resume(throwing: gone) }
        outbox = []
    }
}
