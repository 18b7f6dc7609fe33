import PladHTTP
package import PladRecords

/// A budget for attempts: asked before each is sent, and told its outcome afterwards.
package protocol BudgetGuard: Sendable {
    /// Reserves the upper bound of the attempt's cost. Throws `TeacherError.overBudget` if the budget does not hold it.
    func reserve(for request: TeacherRequest) async throws -> Reservation

    /// Settles an attempt without a completion, and frees the rest of its reservation. A completion carries its reservation along:
    /// whoever stores the one settles the other.
    func settle(_ reservation: Reservation, _ settlement: Settlement) async throws
}

/// The amount reserved for one attempt.
package struct Reservation: Sendable, Hashable {
    /// Id of the reservation.
    package var id: Int64
    package var most: Money

    package init(id: Int64, most: Money) {
        self.id = id
        self.most = most
    }
}

/// The outcome of an attempt, for its cost.
package enum Settlement: Sendable, Hashable {
    /// A completion with these tokens; nil if the endpoint does not count them, which costs the upper bound.
    case answer(Usage?)
    /// The endpoint refused, or was not reached: no cost.
    case nothing
    /// The attempt broke off after the request was sent: the provider may have charged for it.
    case doubtful
}

extension RetryPolicy.Outcome {
    /// The settlement of an attempt without a completion: in doubt if the endpoint may have processed it before it failed.
    ///
    /// - Parameter status: HTTP status of the response; nil without a whole one.
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

    /// Statuses of gateways: 408, 502, 504; nginx's 499; Cloudflare's 520 to 524; proxies' own timeouts.
    private static let gatewayStatuses: Set = [408, 499, 502, 504, 520, 521, 522, 523, 524, 598, 599]
}
