import Foundation
import PladRecords

/// A client's connection, used by the socket thread.
final class Connection {
    enum Phase {
        /// Waiting for a request, or for the rest of one.
        case reading
        /// A handler is processing a request.
        case handling
        /// The outbox is being sent; then the connection ends.
        case closing
        /// All is sent; further input is discarded, so that the client reads the response before a reset.
        case draining
    }

    let id: Int
    let descriptor: Int32
    var phase = Phase.reading
    var parser: RequestParser
    var task: Task<Void, Never>?
    /// Turn of the socket thread in which the client last sent data.
    var lastInput = 0
    /// True if the head of the current request was accepted, so that its body is read.
    var isAdmitted = false
    /// Number of bytes that its input counts for in the total of all bodies.
    var bodyBytes = 0
    /// True if input beyond the limit was discarded; the connection ends after the responses to the input kept, and the client sends
    /// the rest again.
    var hasDropped = false
    /// True if it arrived without a free place and is refused with 503.
    var isRefused = false
    /// True if unread input is left when the connection ends.
    var drainsInput = false
    private var outbox: [(bytes: Data, sent: CheckedContinuation<Void, any Error>?)] = []

    init(id: Int, descriptor: Int32, limits: RequestLimits) {
        self.id = id
        self.descriptor = descriptor
        parser = RequestParser(limits: limits)
    }

    /// True if input is read. It is read during a request too, although it belongs to the next one, since only reading shows that the
    /// client has disconnected.
    var wantsInput: Bool { phase != .closing }

    var wantsOutput: Bool { !outbox.isEmpty }

    func enqueue(_ bytes: Data, _ sent: CheckedContinuation<Void, any Error>?) {
        outbox.append((bytes, sent))
    }

    /// Sends as much as the system accepts. Returns false if the client has disconnected.
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

    /// Reads the available bytes, at most `space.count`.
    func receive(into space: inout [UInt8]) -> Input {
        while true {
            let count = recv(descriptor, &space, space.count, 0)
            if count > 0 { return .bytes(space[..<count]) }
            if count == 0 { return .ended }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .nothing : .ended
        }
    }

    /// Ends the connection and resumes everyone who waits for it.
    func end() {
        close(descriptor)
        task?.cancel()
        let gone = HTTPError(.gone, "the client has closed the connection")
        for (_, sent) in outbox { sent?.resume(throwing: gone) }
        outbox = []
    }
}
