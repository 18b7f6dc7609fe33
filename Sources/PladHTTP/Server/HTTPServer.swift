import Foundation

/// An HTTP/1.1 server: one thread owns the sockets, one task answers each request.
///
/// Connections are kept alive and read while their request is answered, so that a client that goes away cancels its
/// request whatever kind of response it waits for; one that closes its sending side counts as gone. Requests of one
/// connection are answered one after the other.
///
/// FlyingFox was measured for this place (0.27.1): its responses leave in two writes on sockets without `TCP_NODELAY`,
/// which costs 44 ms on every kept-alive request, and its handlers cannot see that a client has gone.
package final class HTTPServer: Sendable {
    package let listener: ListeningSocket
    private let commands = SocketCommandQueue()

    /// Starts to serve at once. Beyond `maximumConnections`, those that wait for their client make room; where
    /// none does, clients are told to come again (503).
    package init(
        listener: ListeningSocket, limits: RequestLimits = RequestLimits(), maximumConnections: Int = 1024, handler: any RequestHandler
    ) {
        self.listener = listener
        let commands = commands
        let thread = Thread {
            SocketLoop(listener: listener, handler: handler, limits: limits, maximumConnections: maximumConnections, commands: commands)
                .run()
        }
        thread.name = "sockets"
        thread.start()
    }

    /// Takes no more connections, closes those that wait, and returns once the requests in progress have been answered;
    /// with `abruptly`, cancels them instead.
    ///
    /// - Parameter grace: after this time requests are cancelled, and answers that their clients do not take given up.
    package func stop(abruptly: Bool = false, within grace: Duration = .seconds(300)) async {
        await withCheckedContinuation { commands.post(.stop(abruptly: abruptly, within: grace, $0)) }
    }
}
