package import Foundation
import PladRecords

/// An HTTP server on a loopback port of its own that plays raw bytes, well-formed or not.
///
/// One thread a connection; a connection stays open until a script cuts it, the client closes it or the server stops.
package final class LoopbackServer: Sendable {
    /// What the server does in answer to a request, in order.
    package enum Play: Sendable {
        case send([UInt8])
        /// Sends a byte every 20 milliseconds until the client has had enough.
        case drip([UInt8])
        /// Sends all of it every 20 milliseconds until the client has had enough.
        case pulse([UInt8])
        case pause(Duration)
        /// Sends nothing more until the client closes the connection.
        case hold
        /// Waits until so many requests have arrived in all.
        case gather(Int)
        /// Closes the connection.
        case cut
    }

    package struct Received: Sendable {
        /// Request line and headers.
        package let head: String
        package let body: Data
        /// Which connection it came over, from 0.
        package let connection: Int
    }

    private struct State {
        var requests: [Received] = []
        var connections: [Int32] = []
        /// Connections that the client closed while the server held them.
        var abandoned = 0
        var isStopped = false
    }

    package let port: Int
    private let listener: Int32
    private let state = Locked(State())
    private let script: @Sendable (_ number: Int, _ request: Received) -> [Play]

    package var url: String { "http://127.0.0.1:\(port)" }
    package var requests: [Received] { state.withLock { $0.requests } }
    package var connections: Int { state.withLock { $0.connections.count } }
    package var abandoned: Int { state.withLock { $0.abandoned } }

    /// - Parameter script: what to play for each request; `number` counts them from 0 in the order they arrive.
    package init(_ script: @escaping @Sendable (_ number: Int, _ request: Received) -> [Play]) {
        self.script = script
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = listener
        port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                precondition(bind(socket, generic, length) == 0, "bind: errno \(errno)")
                precondition(listen(socket, 4096) == 0, "listen: errno \(errno)")
                precondition(getsockname(socket, generic, &length) == 0, "getsockname: errno \(errno)")
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
        Thread { [self] in accept() }.start()
    }

    /// Closes the port and every connection.
    package func stop() {
        state.withLock { $0.isStopped = true }
        for descriptor in [listener] + connectionDescriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    /// Every descriptor stays open until the last thread has let go of the server: one that was closed sooner could be
    /// another test's by the time that `stop` shuts it down.
    deinit {
        close(listener)
        connectionDescriptors.forEach { close($0) }
    }

    private var connectionDescriptors: [Int32] { state.withLock { $0.connections } }

    private func accept() {
        while true {
            let connection = Int32(uninterrupted { Int(Glibc.accept(listener, nil, nil)) })
            guard connection >= 0 else { return }
            let (number, isStopped) = state.withLock { state in
                state.connections.append(connection)
                return (state.connections.count - 1, state.isStopped)
            }
            guard !isStopped else {
                shutdown(connection, Int32(SHUT_RDWR))
                return
            }
            let thread = Thread { [self] in serve(connection, number) }
            thread.stackSize = 1 << 18
            thread.start()
        }
    }

    private func serve(_ connection: Int32, _ connectionNumber: Int) {
        defer { shutdown(connection, Int32(SHUT_RDWR)) }
        var pending = Data()
        while let request = read(connection, &pending, connectionNumber) {
            let number = state.withLock { state in
                state.requests.append(request)
                return state.requests.count - 1
            }
            for play in script(number, request) {
                guard perform(play, connection) else { return }
            }
        }
    }

    /// False when the connection is over.
    private func perform(_ play: Play, _ connection: Int32) -> Bool {
        switch play {
        case .send(let bytes):
            return send(bytes, connection)
        case .drip(let bytes):
            for byte in bytes {
                if isClosed(connection, waiting: 20) { return abandon() }
                guard send([byte], connection) else { return abandon() }
            }
            return true
        case .pulse(let bytes):
            while !isClosed(connection, waiting: 20), !state.withLock({ $0.isStopped }) {
                guard send(bytes, connection) else { break }
            }
            return abandon()
        case .pause(let time):
            usleep(UInt32(time / .microseconds(1)))
            return true
        case .hold:
            while !isClosed(connection, waiting: 1000) { if state.withLock({ $0.isStopped }) { return false } }
            return abandon()
        case .gather(let count):
            while state.withLock({ $0.requests.count < count && !$0.isStopped }) { usleep(1000) }
            return true
        case .cut:
            return false
        }
    }

    private func abandon() -> Bool {
        state.withLock { $0.abandoned += 1 }
        return false
    }

    private func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                uninterrupted { Glibc.send(connection, all.baseAddress! + sent, all.count - sent, Int32(MSG_NOSIGNAL)) }
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private func isClosed(_ connection: Int32, waiting milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return false }
        var byte: UInt8 = 0
        return uninterrupted { recv(connection, &byte, 1, Int32(MSG_PEEK)) } <= 0
    }

    private func read(_ connection: Int32, _ pending: inout Data, _ number: Int) -> Received? {
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            if let end = pending.range(of: Data("\r\n\r\n".utf8)) {
                let head = String(decoding: pending[pending.startIndex..<end.lowerBound], as: UTF8.self)
                let length =
                    head.split(separator: "\r\n").compactMap { line in
                        line.lowercased().hasPrefix("content-length:") ? Int(line.dropFirst(15).trimmingCharacters(in: .whitespaces)) : nil
                    }.first ?? 0
                if pending.endIndex - end.upperBound >= length {
                    let body = Data(pending[end.upperBound..<end.upperBound + length])
                    pending = Data(pending[(end.upperBound + length)...])
                    return Received(head: head, body: body, connection: number)
                }
            }
            let count = uninterrupted { recv(connection, &chunk, chunk.count, 0) }
            guard count > 0 else { return nil }
            pending.append(contentsOf: chunk[..<count])
        }
    }
}

extension LoopbackServer.Play {
    /// A whole response with its length; the connection stays open.
    package static func respond(_ status: Int, _ body: String, headers: [String: String] = [:]) -> Self {
        respond(status, bytes: Array(body.utf8), headers: headers)
    }

    package static func respond(_ status: Int, bytes body: [UInt8], headers: [String: String] = [:]) -> Self {
        let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        return .send(Array("HTTP/1.1 \(status) Status\r\n\(lines)Content-Length: \(body.count)\r\n\r\n".utf8) + body)
    }
}

/// The body of a chat completion.
package func chatBody(_ text: String, finishReason: String = "stop") -> String {
    """
    {"id":"x","object":"chat.completion","model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"\(text)"},\
    "finish_reason":"\(finishReason)"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}
    """
}
