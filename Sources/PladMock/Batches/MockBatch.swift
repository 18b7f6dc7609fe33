import PladRecords

/// A batch submitted to a mock teacher. Each status request brings it closer to its end.
struct MockBatch {
    struct Row {
        var customID: String
        /// Path that the row's body would be posted to alone.
        var path: String
        var body: JSONValue
    }

    enum Phase: Equatable {
        case validating, inProgress, cancelling, cancelled, completed, expired, failed

        var isOver: Bool {
            switch self {
            case .validating, .inProgress, .cancelling: false
            case .cancelled, .completed, .expired, .failed: true
            }
        }
    }

    let id: String
    let rows: [Row]
    /// Id of the submitted file, in OpenAI's API, and the path of its rows.
    var input = ""
    var endpoint = ""
    var metadata = JSONValue.null
    /// Reason why no row can be tried.
    var problem: String?
    private(set) var phase = Phase.validating
    private(set) var polls = 0
    private let rules: MockBatchRules

    init(id: String, rows: [Row], rules: MockBatchRules) {
        self.id = id
        self.rows = rows
        self.rules = rules
    }

    /// Number of rows, from the first, that were tried.
    var tried: Int {
        switch phase {
        case .validating, .failed: 0
        case .completed: rows.count
        case .expired: rows.count / 2
        case .inProgress, .cancelling, .cancelled: rows.count * min(polls, rules.polls) / (rules.polls + 1)
        }
    }

    /// Counts a status request.
    mutating func advance() {
        switch phase {
        case .validating, .inProgress:
            polls += 1
            if problem != nil { return phase = .failed }
            guard polls > rules.polls else { return phase = .inProgress }
            phase = [.completed: .completed, .expired: .expired, .failed: .failed][rules.ends]!
        case .cancelling: phase = .cancelled
        case .cancelled, .completed, .expired, .failed: break
        }
    }

    mutating func cancel() {
        if !phase.isOver { phase = .cancelling }
    }
}

/// The result of a row.
enum MockRowResult {
    case answered(JSONValue)
    case failed(status: Int, JSONValue)
    case expired
    case cancelled
}
