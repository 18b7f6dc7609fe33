import Foundation
import PladRecords

/// A bound and listening non-blocking TCP socket.
package struct ListeningSocket: Sendable {
    let descriptor: Int32
    /// Address as given, for URLs.
    package let host: String
    /// Port; assigned by the system if 0 was given.
    package let port: UInt16

    /// Binds `host`, an IPv4 or IPv6 address or `localhost`. Throws `HTTPError.address` with both and the system's reason.
    package init(host: String, port: UInt16) throws {
        var storage = try Self.address(host: host, port: port)
        let family = Int32(storage.ss_family)
        let length = socklen_t(family == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
        let descriptor = socket(family, Sockets.stream, 0)
        do {
            try Self.check(descriptor, "socket", host, port)
            var one: Int32 = 1
            try Self.check(
                setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size)), "setsockopt", host, port)
            try Self.check(Sockets.withAddress(&storage) { bind(descriptor, $0, length) }, "bind", host, port)
            try Self.check(listen(descriptor, SOMAXCONN), "listen", host, port)
            try Self.check(Sockets.prepare(descriptor), "fcntl", host, port)
            var given = length
            try Self.check(Sockets.withAddress(&storage) { getsockname(descriptor, $0, &given) }, "getsockname", host, port)
        } catch {
            if descriptor >= 0 { close(descriptor) }
            throw error
        }
        self.descriptor = descriptor
        self.host = host
        self.port = Self.port(of: storage)
    }

    /// Base URL `http://127.0.0.1:8080`, with brackets around an IPv6 address.
    package var url: String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }

    /// True if only programs on this machine can reach `host`.
    package static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.") && (try? address(host: host, port: 0)) != nil
    }

    private static func address(host: String, port: UInt16) throws -> sockaddr_storage {
        var storage = sockaddr_storage()
        var four = in_addr()
        var six = in6_addr()
        let name = host == "localhost" ? "127.0.0.1" : host
        if inet_pton(AF_INET, name, &four) == 1 {
            withUnsafeMutableBytes(of: &storage) {
                let address = $0.assumingMemoryBound(to: sockaddr_in.self).baseAddress!
                address.pointee.sin_family = sa_family_t(AF_INET)
                address.pointee.sin_port = port.bigEndian
                address.pointee.sin_addr = four
            }
        } else if inet_pton(AF_INET6, name, &six) == 1 {
            withUnsafeMutableBytes(of: &storage) {
                let address = $0.assumingMemoryBound(to: sockaddr_in6.self).baseAddress!
                address.pointee.sin6_family = sa_family_t(AF_INET6)
                address.pointee.sin6_port = port.bigEndian
                address.pointee.sin6_addr = six
            }
        } else {
            throw HTTPError(.address, "\"\(host)\" is not an IPv4 or IPv6 address; give one, for example 127.0.0.1")
        }
        return storage
    }

    private static func port(of storage: sockaddr_storage) -> UInt16 {
        withUnsafeBytes(of: storage) { bytes in
            // sin_port and sin6_port lie at the same place.
            UInt16(bigEndian: bytes.load(fromByteOffset: MemoryLayout<sockaddr_in>.offset(of: \.sin_port)!, as: UInt16.self))
        }
    }

    private static func check(_ result: Int32, _ call: String, _ host: String, _ port: UInt16) throws {
        guard result < 0 else { return }
        let reason = String(cString: strerror(errno))
        let way = errno == EADDRINUSE ? "; choose another `port`, or 0 for a free one" : ""
        throw HTTPError(.address, "cannot listen on \(host) port \(port): \(call): \(reason)\(way)")
    }
}
