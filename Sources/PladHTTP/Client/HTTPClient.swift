import CCurl
import Foundation
import Synchronization

/// Bounds that an `HTTPClient` sets to a request.
package struct TransportLimits: Sendable, Hashable {
    /// Until the connection stands, TLS included.
    package var connect: Duration
    /// Until the response is whole. Models that think at length are silent for minutes.
    package var total: Duration
    /// The time for which fewer than 10 bytes a second may flow, in whole seconds, a silent wait included.
    package var stall: Duration
    /// The largest body, decompressed.
    package var bodyBytes: Int
    /// The most connections kept open for the next request.
    package var connections: Int

    package init(
        connect: Duration = .seconds(15), total: Duration = .seconds(900), stall: Duration = .seconds(600),
        bodyBytes: Int = 16 << 20, connections: Int = 1024
    ) {
        self.connect = connect
        self.total = total
        self.stall = stall
        self.bodyBytes = bodyBytes
        self.connections = connections
    }
}

/// libcurl behind `async`: one thread owns one multi handle for as long as the client lives, so that connections stay
/// open between requests and thousands of requests can be in flight. HTTP/2 where TLS offers it; bodies compressed;
/// certificates verified; redirects not followed; proxies from the environment as curl takes them.
package final class HTTPClient: Transport {
    private let commandQueue: CommandQueue
    private let numbers = Atomic<UInt64>(0)

    /// Starts the thread. Throws `TransportFault.stopped` when curl cannot be set up.
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

    /// `curl_global_init` is to be called once a process, before anything else of curl.
    private static let initialised = Result<Void, any Error> {
        try check(curl_global_init(Int(CURL_GLOBAL_DEFAULT)), "curl_global_init")
    }
}
