import Foundation

/// The socket calls that differ between systems or need an explanation.
enum Sockets {
    #if canImport(Glibc)
        static let stream = Int32(SOCK_STREAM.rawValue)
        private static let sendFlags = Int32(MSG_NOSIGNAL)
    #else
        static let stream = SOCK_STREAM
        private static let sendFlags: Int32 = 0
    #endif

    /// Makes a descriptor non-blocking and closed in child processes. Returns -1 with `errno` if that fails.
    static func prepare(_ descriptor: Int32) -> Int32 {
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) >= 0 else { return -1 }
        return fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// Sends small writes at once. Without this, the second write of a response waits for the client's delayed
    /// acknowledgement of the first: 40 ms on Linux.
    static func sendAtOnce(_ descriptor: Int32) {
        var one: Int32 = 1
        _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        #if canImport(Darwin)
            _ = setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &one, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    /// Makes `close` reset the connection instead of ending it in order, like a crashed server.
    static func resetOnClose(_ descriptor: Int32) {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        _ = setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
    }

    /// Sends like `send`, but a closed connection is an error rather than a signal that ends the process.
    static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        Foundation.send(descriptor, bytes.baseAddress, bytes.count, sendFlags)
    }

    static func withAddress<Result>(_ storage: inout sockaddr_storage, _ body: (UnsafeMutablePointer<sockaddr>) -> Result) -> Result {
        withUnsafeMutableBytes(of: &storage) { body($0.assumingMemoryBound(to: sockaddr.self).baseAddress!) }
    }
}
