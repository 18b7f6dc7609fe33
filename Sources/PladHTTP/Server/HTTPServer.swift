import Foundation

/// An HTTP/1.1 server: one thread owns the sockets, one task handles each request.
///
/// Connections are kept alive and read during a request, so that a client that disconnects cancels it; one that closes its sending side
/// counts as disconnected. Requests of one connection are handled one after the other.
///
/// FlyingFox 0.27.1 was measured as an alternative: its responses are sent in two writes on sockets without `TCP_NODELAY`, which costs
/// 44 ms on every kept-alive request, and its handlers cannot detect that a client has disconnected.
package final class HTTPServer: Sendable {
    package let listener: ListeningSocket
    private let commands = SocketCommandQueue()

    /// Starts to serve at once. Beyond `maximumConnections`, idle connections are closed for new ones; if there is none, clients get
    /// status 503.
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

    /// Stops accepting connections, closes idle ones, and returns once the current requests are complete; with `abruptly`, cancels them
    /// instead.
    ///
    /// - Parameter grace: time after which requests are cancelled, and responses that clients do not read are given up.
    package func stop(abruptly: Bool = false, within grace: Duration = .seconds(300)) async {
        await withCheckedContinuation { commands.post(.stop(abruptly: abruptly, within: grace, $0)) }
    }
}
