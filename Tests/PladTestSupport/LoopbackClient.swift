import Foundation
import PladHTTP
package import PladRecords

/// A client that speaks raw bytes over one loopback connection. Blocking calls run on threads of their own, so that
/// they never hold up the tasks that answer them.
package final class LoopbackClient: Sendable {
    package struct Response: Equatable {
        package var status: Int
        package var headers: [String: String]
        package var body: String

        package var json: JSONValue { (try? JSONValue(parsing: Data(body.utf8))) ?? .null }

        /// The data of a body of server-sent events.
        package var events: [String] {
            body.components(separatedBy: "\n\n").filter { !$0.isEmpty }.map { String($0.dropFirst("data: ".count)) }
        }

        package var eventDocuments: [JSONValue] {
            get throws { try events.filter { $0 != "[DONE]" }.map { try JSONValue(parsing: Data($0.utf8)) } }
        }
    }

    /// The connection ended, in order or with the error of that number.
    package struct Ended: Error {
        package var received: String
        var errorNumber: Int32
    }

    private let input: FileHandle

    package init(port: UInt16) throws {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        input = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        // A server that never answers fails the test instead of holding it; one on a loaded machine is waited for.
        var limit = timeval(tv_sec: 600, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Answers whether the connection took all of it.
    @discardableResult
    package func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { bytes in
                uninterrupted { Foundation.send(input.fileDescriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) }
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    package func send(_ method: String, _ path: String, _ body: JSONValue? = nil, headers: [String: String] = [:]) {
        let text = body?.canonical ?? ""
        let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)Content-Length: \(text.utf8.count)\r\n\r\n\(text)")
    }

    package func ask(_ method: String, _ path: String, _ body: JSONValue? = nil, headers: [String: String] = [:]) async throws -> Response {
        send(method, path, body, headers: headers)
        return try await response()
    }

    /// Reads until `text` has come; gives all that came with it.
    package func receive(until text: String) async throws -> String {
        try await onThread { [self] in
            var received = Data()
            while received.range(of: Data(text.utf8)) == nil { received += try receive(received) }
            return String(decoding: received, as: UTF8.self)
        }
    }

    /// Reads one response, its body by length, by chunks, or to the end of the connection.
    package func response() async throws -> Response {
        try await onThread { [self] in
            var received = Data()
            while received.range(of: Data("\r\n\r\n".utf8)) == nil { received += try receive(received) }
            let head = received.range(of: Data("\r\n\r\n".utf8))!
            var lines = String(decoding: received[..<head.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            let status = Int(lines.removeFirst().split(separator: " ")[1])!
            let fields = lines.map { $0.components(separatedBy: ": ") }
            let headers = Dictionary(uniqueKeysWithValues: fields.map { ($0[0].lowercased(), $0[1]) })
            var body = Data(received[head.upperBound...])
            if let length = headers["content-length"].flatMap({ Int($0) }) {
                while body.count < length { body += try receive(received + body) }
            } else if headers["transfer-encoding"] == "chunked" {
                while body.range(of: Data("0\r\n\r\n".utf8)) == nil { body += try receive(received + body) }
                body = Self.joinedChunks(body)
            } else {
                while let more = try? receive(body) { body += more }
            }
            return Response(status: status, headers: headers, body: String(decoding: body, as: UTF8.self))
        }
    }

    /// Whether the server ends the connection, in order or by a reset, without another byte.
    package func isEnded() async throws -> Bool {
        try await onThread { [self] in
            var byte: UInt8 = 0
            let count = uninterrupted { recv(input.fileDescriptor, &byte, 1, 0) }
            return count == 0 || count < 0 && errno == ECONNRESET
        }
    }

    package func end() {
        shutdown(input.fileDescriptor, Int32(SHUT_RDWR))
    }

    private func receive(_ soFar: Data) throws -> Data {
        var space = [UInt8](repeating: 0, count: 65536)
        let count = uninterrupted { recv(input.fileDescriptor, &space, space.count, 0) }
        guard count > 0 else { throw Ended(received: String(decoding: soFar, as: UTF8.self), errorNumber: count < 0 ? errno : 0) }
        return Data(space[..<count])
    }

    private static func joinedChunks(_ body: Data) -> Data {
        var (rest, joined) = (body[...], Data())
        while let line = rest.range(of: Data("\r\n".utf8)),
            let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16)
        {
            joined += rest[line.upperBound...].prefix(size)
            rest = rest[line.upperBound...].dropFirst(size + 2)
        }
        return joined
    }
}

/// Makes a socket call again for as long as it is interrupted: a call with a time limit is, whenever the process was
/// stopped and goes on (a suspended machine, a frozen container, a debugger).
func uninterrupted(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}

/// Runs blocking work on a thread of its own.
package func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result { try body() }) }.start()
    }
}
