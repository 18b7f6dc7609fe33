import PladHTTP
package import PladRecords

/// Who pays for attempts: asked before each goes over the wire, told afterwards what it came to.
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

/// What an attempt came to.
package enum Settlement: Sendable, Hashable {
    /// An answer with these tokens; nil where the endpoint does not count them, which costs the most it can.
    case answer(Usage?)
    /// The endpoint refused, or was never reached: nothing was done, nothing is paid.
    case nothing
    /// It broke off after the request was sent: the provider may have charged for it, and may not.
    case doubtful
}

extension RetryPolicy.Outcome {
    var settlement: Settlement {
        switch self {
        case .fault: .nothing
        case .unreadable: .doubtful
        case .transport(let fault):
            switch fault.kind {
            case .unresolved, .unconnected, .untrusted: .nothing
            case .cut, .timeout, .other, .tooLarge, .stopped: .doubtful
            }
        }
    }
}
