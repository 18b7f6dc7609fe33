import PladHTTP
package import PladRecords

/// The payer of attempts: asked before each goes over the wire, told afterwards what it came to.
package protocol BudgetGuard: Sendable {
    /// Sets the most that the attempt can cost aside. Throws `TeacherError.overBudget` where that is not there.
    func reserve(for request: TeacherRequest) async throws -> Reservation

    /// Pays for an attempt that brought no answer, and frees what was set aside beyond it. An answer carries its
    /// reservation along: whoever keeps the one settles the other with it.
    func settle(_ reservation: Reservation, _ settlement: Settlement) async throws
}

/// Money set aside for one attempt.
package struct Reservation: Sendable, Hashable {
    /// The budget's number for it.
    package var id: Int64
    package var most: Money

    package init(id: Int64, most: Money) {
        self.id = id
        self.most = most
    }
}

/// The bill of an attempt.
package enum Settlement: Sendable, Hashable {
    /// An answer with these tokens; nil where the endpoint does not count them, which costs the most it can.
    case answer(Usage?)
    /// The endpoint refused, or was never reached: nothing was done, nothing is paid.
    case nothing
    /// It broke off after the request was sent: the provider may have charged for it, and may not.
    case doubtful
}

extension RetryPolicy.Outcome {
    /// The bill of an attempt without a completion: in doubt is whatever the endpoint may have worked on before it failed.
    ///
    /// - Parameter status: the HTTP status that it came under; nil where no whole response came.
    package func settlement(status: Int?) -> Settlement {
        switch self {
        case .fault(let fault, _):
            // A gateway's error says nothing of what became of the request behind it. An error under status 200, in a body or in
            // the middle of a stream, may come after the work.
            if Self.gatewayStatuses.contains(fault.status) { return .doubtful }
            guard let status, (200..<300).contains(status) else { return .nothing }
            return [.server, .overloaded].contains(fault.kind) ? .doubtful : .nothing
        case .unreadable: return .doubtful
        case .transport(let fault):
            return switch fault.kind {
            case .unresolved, .unconnected, .untrusted: .nothing
            case .cut, .timeout, .other, .tooLarge, .stopped: .doubtful
            }
        }
    }

    /// 408 Request Timeout, 502 Bad Gateway, 504 Gateway Timeout; nginx's 499; Cloudflare's 520 to 524; proxies' own timeouts.
    private static let gatewayStatuses: Set = [408, 499, 502, 504, 520, 521, 522, 523, 524, 598, 599]
}
