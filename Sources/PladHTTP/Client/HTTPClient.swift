import CCurl
import Foundation
import Synchronization

/// The limits of an `HTTPClient` for each request.
package struct TransportLimits: Sendable, Hashable {
    /// Largest time until the connection is made, TLS included.
    package var connect: Duration
    /// Largest time until the response is complete. Models that think for long are silent for minutes.
    package var total: Duration
    /// Longest time with fewer than 10 bytes a second, in whole seconds, silence included.
    package var stall: Duration
    /// Largest size of a body in bytes, decompressed.
    package var bodyBytes: Int
    /// Largest number of idle connections kept for later requests.
    package var connections: Int

    /// The bound on a body unless there is a reason for another.
    package static let usualBodyBytes = 16 << 20

    package init(
        connect: Duration = .seconds(15), total: Duration = .seconds(900), stall: Duration = .seconds(600),
        bodyBytes: Int = usualBodyBytes, connections: Int = 1024
    ) {
        self.connect = connect
        self.total = total
        self.stall = stall
        self.bodyBytes = bodyBytes
        self.connections = connections
    }
}

/// An asynchronous HTTP client by libcurl: one thread owns one multi handle during the client's lifetime, so that connections stay open
/// between requests and thousands of requests can be in flight. HTTP/2 if TLS offers it; bodies compressed; certificates verified;
/// redirects not followed; proxies from the environment by curl's rules, none for this machine (`Loopback`).
package final class HTTPClient: Transport {
    private let commandQueue: CommandQueue
    private let numbers = Atomic<UInt64>(0)

    /// Starts the thread. Throws `TransportFault.stopped` if curl cannot be set up.
    package init(limits: TransportLimits = TransportLimits()) throws {
        try Self.initialised.get()
        let multi = MultiHandle(pointer: try check(curl_multi_init(), "curl_multi_init"))
        commandQueue = CommandQueue(waking: multi)
        let thread = Thread { [commandQueue] in
            CurlLoop(multi: multi, commandQueue: commandQueue, limits: limits).run()
        }
        thread.name = "plad-curl"
        thread.stackSize = 1 << 20
        thread.start()
    }

    deinit { commandQueue.post(.shutDown) }

    package func send(_ request: HTTPRequest) async throws -> Response {
        let number = numbers.wrappingAdd(1, ordering: .relaxed).newValue
        let slot = ResponseSlot()
        return try await slot.value {
            if let reason = commandQueue.post(.send(number, request, slot)) { slot.fulfil(.failure(reason)) }
        } onCancel: { [commandQueue] in
            commandQueue.post(.cancel(number))
        }
    }

    /// Ends the thread and closes every connection; requests in flight and later ones fail with `TransportFault.stopped`.
    package func shutDown() {
        commandQueue.post(.shutDown)
    }

    /// Result of `curl_global_init`, which must be called once in a process, before any other call of curl.
    private static let initialised = Result<Void, any Error> {
        try check(curl_global_init(Int(CURL_GLOBAL_DEFAULT)), "curl_global_init")
    }
}
