import Foundation

/// Owns every socket of a server, on one thread: accepts, reads, parses, writes, closes; never blocks but in `poll`.
final class SocketLoop {
    private let listener: ListeningSocket
    private let handler: any RequestHandler
    private let limits: RequestLimits
    /// Of connections at once; lowered where the system gives fewer descriptors.
    private var capacity: Int
    private let commands: SocketCommandQueue
    private var connections: [Int: Connection] = [:]
    private var lastID = 0
    /// Counts the calls of `poll`: a clock for what came before what.
    private var turn = 0
    private var stopped: [CheckedContinuation<Void, Never>] = []
    private var isStopping: Bool { !stopped.isEmpty }
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

    /// Serves until told to stop and the last request in progress has ended.
    func run() {
        while !(isStopping && connections.isEmpty) {
            let polled = Array(connections.values)
            var descriptors = [pollfd(fd: commands.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
            descriptors += polled.map { connection in
                let events = (connection.wantsInput ? POLLIN : 0) | (connection.wantsOutput ? POLLOUT : 0)
                return pollfd(fd: connection.descriptor, events: Int16(events), revents: 0)
            }
            if !isStopping, connections.count < capacity || connections.values.contains(where: waitsForClient) {
                descriptors.append(pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0))
            }
            guard poll(&descriptors, nfds_t(descriptors.count), -1) > 0 else { continue }
            turn += 1
            for (connection, ready) in zip(polled, descriptors.dropFirst()) where ready.revents != 0 { serve(connection, ready.revents) }
            if descriptors.count > polled.count + 1, descriptors.last!.revents != 0 { accept() }
            if descriptors[0].revents != 0 { commands.take().forEach(perform) }
        }
        commands.close()
        stopped.forEach { $0.resume() }
    }

    private func accept() {
        if connections.count >= capacity { makeRoom() }
        while connections.count < capacity {
            let descriptor = Foundation.accept(listener.descriptor, nil, nil)
            guard descriptor >= 0 else {
                if errno == EMFILE || errno == ENFILE {
                    capacity = max(1, connections.count)
                    if connections.isEmpty { usleep(10_000) }
                }
                return
            }
            guard Sockets.prepare(descriptor) >= 0 else {
                close(descriptor)
                continue
            }
            Sockets.sendAtOnce(descriptor)
            lastID += 1
            connections[lastID] = Connection(id: lastID, descriptor: descriptor, limits: limits)
            connections[lastID]!.lastInput = turn
        }
    }

    /// Ends the connection that has waited longest for its client, one between requests rather than within one:
    /// neither forgotten connections nor clients that never finish a request can shut others out. While all are being
    /// answered, new clients wait in the system's backlog.
    private func makeRoom() {
        let victim = connections.values.filter(waitsForClient).min {
            (isIdle($0) ? 0 : 1, $0.lastInput) < (isIdle($1) ? 0 : 1, $1.lastInput)
        }
        if let victim { end(victim) }
    }

    private func waitsForClient(_ connection: Connection) -> Bool {
        connection.phase == .reading || connection.phase == .draining
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
            connection.parser.append(bytes)
            if connection.phase == .reading { advance(connection) }
        }
    }

    /// Starts on the next request if it is complete.
    private func advance(_ connection: Connection) {
        do {
            while let step = try connection.parser.next() {
                switch step {
                case .expectsContinue:
                    connection.enqueue(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8), nil)
                case .request(let request):
                    return start(request, on: connection)
                }
            }
            flush(connection)
            if isStopping, !connection.parser.isInsideRequest { end(connection) }
        } catch {
            refuse(connection, error)
        }
    }

    private func start(_ request: ServerRequest, on connection: Connection) {
        guard !isStopping else { return refuse(connection, HTTPProblem(503, "the server is shutting down; try again later")) }
        connection.phase = .handling
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
        connection.enqueue(handler.response(to: problem).encoded(keepsAlive: false), nil)
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
        case .stop(let abruptly, let continuation):
            stopped.append(continuation)
            if stopped.count == 1 { close(listener.descriptor) }
            for connection in connections.values where abruptly || connection.phase == .draining || isIdle(connection) { end(connection) }
        }
    }

    private func isIdle(_ connection: Connection) -> Bool {
        connection.phase == .reading && !connection.parser.isInsideRequest && !connection.wantsOutput
    }

    /// Sends what can be sent, and ends a connection that has said everything.
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
        connection.end()
    }
}
