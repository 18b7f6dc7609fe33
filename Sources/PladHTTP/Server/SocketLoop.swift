import Foundation
import PladRecords

/// The thread of a server's sockets: accepts, reads, parses, writes, closes; blocks only in `poll`.
final class SocketLoop {
    private let listener: ListeningSocket
    private let handler: any RequestHandler
    private let limits: RequestLimits
    /// Largest number of connections; lower if the system gives fewer descriptors.
    private var capacity: Int
    private let commands: SocketCommandQueue
    private var connections: [Int: Connection] = [:]
    private var lastID = 0
    /// Number of calls of `poll`, a clock for the order of events.
    private var turn = 0
    private var stopped: [CheckedContinuation<Void, Never>] = []
    /// Number of bytes in all bodies being read.
    private var bodyBytes = 0
    private var isStopping: Bool { !stopped.isEmpty }
    /// Time at which a stop ends the remaining requests; nil before a stop.
    private var deadline: ContinuousClock.Instant?
    /// True if the system gives no more descriptors until a connection has ended.
    private var lacksDescriptors = false
    /// Number of connections above `capacity` that are accepted in order to be refused.
    private static let refusedAtOnce = 16
    private var space = [UInt8](repeating: 0, count: 64 << 10)

    init(
        listener: ListeningSocket, handler: any RequestHandler, limits: RequestLimits, maximumConnections: Int, commands: SocketCommandQueue
    ) {
        self.listener = listener
        self.handler = handler
        self.limits = limits
        capacity = maximumConnections
        self.commands = commands
    }

    /// Serves until stopped and the last request is complete, or its grace is over.
    func run() {
        while !(isStopping && connections.isEmpty) {
            if let deadline, deadline <= .now {
                // Whoever does not take the response, or whose request has no end, keeps nobody waiting.
                connections.values.forEach(end)
                break
            }
            let polled = Array(connections.values)
            var descriptors = [pollfd(fd: commands.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
            descriptors += polled.map { connection in
                let events = (connection.wantsInput ? POLLIN : 0) | (connection.wantsOutput ? POLLOUT : 0)
                return pollfd(fd: connection.descriptor, events: Int16(events), revents: 0)
            }
            if !isStopping, !lacksDescriptors,
                connections.count < capacity + Self.refusedAtOnce || connections.values.contains(where: { $0.phase == .draining })
            {
                descriptors.append(pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0))
            }
            guard poll(&descriptors, nfds_t(descriptors.count), timeout) > 0 else { continue }
            turn += 1
            for (connection, ready) in zip(polled, descriptors.dropFirst()) where ready.revents != 0 { serve(connection, ready.revents) }
            if descriptors.count > polled.count + 1, descriptors.last!.revents != 0 { accept() }
            if descriptors[0].revents != 0 { commands.take().forEach(perform) }
        }
        commands.close()
        stopped.forEach { $0.resume() }
    }

    /// Milliseconds for `poll` to wait; -1 for no limit.
    private var timeout: Int32 {
        guard let deadline else { return -1 }
        return Int32(clamping: Int64(max(.zero, ContinuousClock.now.duration(to: deadline)) / .milliseconds(1)) + 1)
    }

    /// Accepts as many connections as there is room for. Without room, accepts one more: by then the input of the others has been read
    /// and shows which of them are idle.
    private func accept() {
        let room = capacity - connections.values.count { !$0.isRefused }
        for _ in 0..<max(1, room) {
            guard connections.count < capacity + Self.refusedAtOnce || makeRoom(), let connection = newConnection() else { return }
            if room <= 0 { shutOneOut(new: connection) }
        }
    }

    /// The next connection of the system's backlog; nil if there is none, or no descriptor for it.
    private func newConnection() -> Connection? {
        while true {
            let descriptor = Foundation.accept(listener.descriptor, nil, nil)
            guard descriptor >= 0 else {
                if errno == EMFILE || errno == ENFILE {
                    // Some are kept for those that are told so.
                    capacity = max(1, connections.count - Self.refusedAtOnce)
                    if connections.isEmpty { usleep(10_000) } else { lacksDescriptors = true }
                }
                return nil
            }
            guard Sockets.prepare(descriptor) >= 0 else {
                Foundation.close(descriptor)
                continue
            }
            Sockets.sendAtOnce(descriptor)
            lastID += 1
            let connection = Connection(id: lastID, descriptor: descriptor, limits: limits)
            connection.lastInput = turn
            connections[lastID] = connection
            return connection
        }
    }

    /// Makes room for a new connection: closes the one that has been idle longest between requests; else refuses with 503 the one that
    /// has waited longest within a request, or else the new one. So neither forgotten connections nor clients that never finish a
    /// request can block others.
    private func shutOneOut(new: Connection) {
        func oldest(_ belongs: (Connection) -> Bool) -> Connection? {
            connections.values.filter { $0.id != new.id && !$0.isRefused && belongs($0) }.min { $0.lastInput < $1.lastInput }
        }
        if let over = oldest(isIdle) ?? oldest({ $0.phase == .draining }) { return end(over) }
        let victim = oldest { $0.phase == .reading } ?? new
        victim.isRefused = true
        refuse(
            victim, HTTPProblem(503, "the server has \(capacity) clients, as many as it serves at once; try again later", retrySeconds: 1))
    }

    /// Ends the connection that was refused longest ago. Returns false if there is none: new clients then wait in the system's backlog.
    private func makeRoom() -> Bool {
        guard let victim = connections.values.filter({ $0.phase == .draining }).min(by: { $0.lastInput < $1.lastInput }) else {
            return false
        }
        end(victim)
        return true
    }

    private func serve(_ connection: Connection, _ events: Int16) {
        if events & Int16(POLLOUT) != 0 { flush(connection) }
        guard connections[connection.id] != nil, events & Int16(POLLIN | POLLHUP | POLLERR) != 0 else { return }
        switch connection.receive(into: &space) {
        case .nothing: break
        case .ended: end(connection)
        case .bytes(let bytes):
            connection.lastInput = turn
            guard connection.phase != .draining else { return }
            guard connection.phase == .reading || keepsAhead(bytes.count, of: connection) else {
                connection.hasDropped = true
                return
            }
            connection.parser.append(bytes)
            if connection.phase == .reading { advance(connection) } else { count(connection.parser.bufferedBytes, of: connection) }
        }
    }

    /// True if input of the next request is kept: the size of one request, within the limit of all connections together.
    private func keepsAhead(_ bytes: Int, of connection: Connection) -> Bool {
        !connection.hasDropped && connection.parser.bufferedBytes + bytes <= limits.headBytes + limits.bodyBytes
            && bodyBytes + bytes <= limits.allBodiesBytes
    }

    /// Starts the next request if it is complete.
    private func advance(_ connection: Connection) {
        do {
            while let step = try connection.parser.next() {
                switch step {
                case .expectsContinue:
                    guard try admit(connection) else { return }
                    connection.enqueue(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8), nil)
                case .request(let request):
                    return start(request, on: connection)
                }
            }
            guard !connection.hasDropped else { return close(connection) }
            guard try admit(connection) else { return }
            flush(connection)
            guard isStopping else { return }
            // Nobody waits for the rest of a request that will not be served.
            if connection.parser.isInsideRequest { refuse(connection, Self.shuttingDown) } else { end(connection) }
        } catch {
            refuse(connection, error)
        }
    }

    private static let shuttingDown = HTTPProblem(503, "the server is shutting down; try again later", retrySeconds: 1)

    /// True if the arriving body is to be read: responds to a refused head, and counts the body in the total of all bodies. Throws
    /// `HTTPProblem` if that exceeds the limit.
    private func admit(_ connection: Connection) throws(HTTPProblem) -> Bool {
        guard let head = connection.parser.head else {
            count(0, of: connection)
            return true
        }
        if !connection.isAdmitted, let response = handler.refusal(of: head) {
            refuse(connection, response)
            return false
        }
        connection.isAdmitted = true
        count(connection.parser.bodyBytes, of: connection)
        guard bodyBytes <= limits.allBodiesBytes else {
            throw HTTPProblem(
                503, "the bodies that are being read exceed \(limits.allBodiesBytes) bytes together; try again later", retrySeconds: 1)
        }
        return true
    }

    private func count(_ bytes: Int, of connection: Connection) {
        bodyBytes += bytes - connection.bodyBytes
        connection.bodyBytes = bytes
    }

    private func start(_ request: ServerRequest, on connection: Connection) {
        guard !isStopping else { return refuse(connection, Self.shuttingDown) }
        connection.phase = .handling
        connection.isAdmitted = false
        count(connection.parser.bufferedBytes, of: connection)
        let exchange = ServerExchange(
            connection: connection.id, commands: commands, takesChunks: request.minorVersion >= 1, keepsAlive: request.keepsAlive,
            omitsBody: request.method == "HEAD")
        let id = connection.id
        connection.task = Task { [handler, commands] in
            await handler.handle(request, on: exchange)
            commands.post(.handled(id))
        }
    }

    private func refuse(_ connection: Connection, _ problem: HTTPProblem) {
        var response = handler.response(to: problem)
        if let seconds = problem.retrySeconds { response.headers["Retry-After"] = String(seconds) }
        refuse(connection, response)
    }

    /// Responds and ends the connection, wherever its parser is.
    private func refuse(_ connection: Connection, _ response: HTTPResponse) {
        connection.enqueue(response.encoded(keepsAlive: false), nil)
        close(connection)
    }

    /// Ends the connection once all is sent; further input is discarded.
    private func close(_ connection: Connection) {
        count(0, of: connection)
        connection.phase = .closing
        connection.drainsInput = true
        flush(connection)
    }

    private func perform(_ command: SocketCommand) {
        switch command {
        case .send(let id, let bytes, let sent):
            guard let connection = connections[id], connection.phase == .handling else {
                return sent.resume(throwing: HTTPError(.gone, "the connection is closed"))
            }
            connection.enqueue(bytes, sent)
            flush(connection)
        case .close(let id, let abruptly):
            guard let connection = connections[id] else { return }
            if abruptly {
                Sockets.resetOnClose(connection.descriptor)
                end(connection)
            } else {
                connection.phase = .closing
                flush(connection)
            }
        case .handled(let id):
            guard let connection = connections[id], connection.phase == .handling else { return }
            connection.task = nil
            connection.phase = .reading
            advance(connection)
        case .stop(let abruptly, let grace, let continuation):
            stopped.append(continuation)
            deadline = [deadline, .now + grace].compactMap { $0 }.min()
            if stopped.count == 1 { Foundation.close(listener.descriptor) }
            for connection in connections.values {
                if abruptly || connection.phase == .draining || isIdle(connection) {
                    end(connection)
                } else if connection.phase == .reading, connection.parser.isInsideRequest {
                    refuse(connection, Self.shuttingDown)
                }
            }
        }
    }

    private func isIdle(_ connection: Connection) -> Bool {
        connection.phase == .reading && !connection.parser.isInsideRequest && !connection.wantsOutput
    }

    /// Sends what can be sent, and ends a connection that has sent everything.
    private func flush(_ connection: Connection) {
        guard connection.flush() else { return end(connection) }
        guard connection.phase == .closing, !connection.wantsOutput else { return }
        if connection.drainsInput, !isStopping {
            shutdown(connection.descriptor, Int32(SHUT_WR))
            connection.phase = .draining
        } else {
            end(connection)
        }
    }

    private func end(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        lacksDescriptors = false
        count(0, of: connection)
        connection.end()
    }
}
