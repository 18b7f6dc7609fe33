package import Foundation
package import PladHTTP
import PladRecords

/// One row of a batch: a request and the name that its result comes back under.
package struct BatchRow: Sendable, Equatable {
    /// The key's 64 hexadecimal digits, which is all that Anthropic's `custom_id` allows.
    package var id: String
    /// The request's body in canonical spelling.
    package var body: String

    package init(id: String, body: String) {
        self.id = id
        self.body = body
    }
}

/// A batch as its provider knows it.
package struct BatchState: Sendable, Equatable {
    package var id: String
    /// The provider's word for how far it is.
    package var status: String
    package var isOver: Bool
    /// Rows in all; nil where the provider does not say yet.
    package var total: Int?
    /// Rows that are tried.
    package var done: Int
    /// The name that it was submitted under, where the provider keeps one.
    package var name: String?
    /// Seconds since 1970.
    package var createdAt: Int64
    /// Where its results are, once it is over.
    package var results: [String]
    /// Why it failed as a whole.
    package var problem: String?

    package init(
        id: String, status: String, isOver: Bool, total: Int?, done: Int, name: String? = nil, createdAt: Int64, results: [String],
        problem: String? = nil
    ) {
        self.id = id
        self.status = status
        self.isOver = isOver
        self.total = total
        self.done = done
        self.name = name
        self.createdAt = createdAt
        self.results = results
        self.problem = problem
    }
}

/// The end of a row.
package enum BatchResult: Sendable, Equatable {
    /// A response, as it would have come alone; perhaps an error.
    case response(status: Int, body: Data)
    /// Never tried: expired or cancelled, in the provider's word.
    case untried(String)
}

/// The results of a batch as far as a provider has sent them.
package struct BatchResults: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        package var id: String
        package var result: BatchResult

        package init(id: String, result: BatchResult) {
            (self.id, self.result) = (id, result)
        }
    }

    package var rows: [Row] = []
    /// Lines that are no row's result.
    package var unreadable = 0

    package init(rows: [Row] = [], unreadable: Int = 0) {
        (self.rows, self.unreadable) = (rows, unreadable)
    }

    /// Adds the lines of one file. `read` gives a line's result; nil for one that is none.
    mutating func add(_ file: Data, _ read: (JSONValue) -> Row?) {
        for (_, line) in JSONLines.lines(of: file) {
            if let row = (try? JSONValue(parsing: line)).flatMap(read) { rows.append(row) } else { unreadable += 1 }
        }
    }

    /// These results, if they hold any. Throws `TeacherError.exhausted` where a batch whose rows were tried has none.
    ///
    /// - Parameter last: the last file, for the words of what it is.
    func checked(of batch: BatchState, at place: String, last: Data) throws -> BatchResults {
        guard rows.isEmpty, unreadable > 0 || batch.done > 0 else { return self }
        let what = WebPage(last)?.description ?? (last.isEmpty ? "nothing" : "no result of a row")
        throw TeacherError(
            .exhausted,
            "\(place) answers \(what), and batch \(batch.id) is paid for: it stays open; run the command again to ask for its results once more"
        )
    }
}

/// A provider's API for batches of requests at half price, answered within a day.
package protocol BatchService: Sendable {
    /// The most rows and bytes of one batch.
    var most: (rows: Int, bytes: Int) { get }
    /// True if a batch can be told by the name that it was submitted under.
    var keepsNames: Bool { get }
    /// Brings the rows to the provider where that is a step of its own. Returns the file's name there; nil where it is not.
    func upload(_ rows: [BatchRow], name: String) async throws -> String?
    /// Submits the rows. Throws `BatchDoubt` where it may have been done all the same.
    func submit(_ rows: [BatchRow], file: String?, name: String) async throws -> BatchState
    func state(of id: String) async throws -> BatchState
    /// The batches of this account, the newest first.
    func all() async throws -> [BatchState]
    func cancel(_ id: String) async throws -> BatchState
    /// The rows' results, in any order.
    ///
    /// Throws `TeacherError.exhausted` where what comes holds no row's result although rows were tried: a page, another document,
    /// or nothing. The batch is paid for, and to be asked after again.
    func results(of batch: BatchState) async throws -> BatchResults
}

/// A collection of batches at one address, listed page by page: the part that both providers' batch APIs share.
protocol BatchCollection: BatchService {
    /// Where batches are submitted and listed, and under it, by its id, each is asked after.
    var address: String { get }
    var wire: BatchWire { get }
    /// The parameter that names the last batch of the page before.
    var cursor: String { get }
    /// The batch that a document describes.
    func state(_ document: JSONValue) throws -> BatchState
}

extension BatchCollection {
    /// The batch that the answer to a submission describes. One that describes none leaves it open whether there is a batch.
    func submitted(_ document: JSONValue) throws -> BatchState {
        do {
            return try state(document)
        } catch {
            throw BatchDoubt(.unreadable("no batch"))
        }
    }

    func state(of id: String) async throws -> BatchState { try state(await wire.document("\(address)/\(id)")) }

    func cancel(_ id: String) async throws -> BatchState {
        try state(await wire.document("\(address)/\(id)/cancel", body: Data("{}".utf8)))
    }

    func all() async throws -> [BatchState] {
        var (states, after) = ([BatchState](), "")
        for _ in 0..<20 {
            let page = try await wire.document("\(address)?limit=100" + (after.isEmpty ? "" : "&\(cursor)=\(after)"))
            guard let data = page["data"]?.array else {
                throw TeacherError(.exhausted, "\(address) answers no list of batches; run the command again to go on")
            }
            let found = try data.map(state)
            states += found
            guard page["has_more"] == true, let last = found.last else { break }
            after = last.id
        }
        return states
    }
}

/// A request that is not to be repeated has got no answer: it may have been carried out.
package struct BatchDoubt: Error {
    /// The outcome of the request.
    package let outcome: RetryPolicy.Outcome

    package init(_ outcome: RetryPolicy.Outcome) {
        self.outcome = outcome
    }
}

/// The batch APIs by the dialects whose requests they take.
package enum BatchServices {
    package static let dialects = ["openai-chat", "openai-responses", "openai-completions", "anthropic"]

    /// Nil for a dialect without one.
    package static func service(for endpoint: Endpoint, dialect: some Dialect, wire: BatchWire) -> (any BatchService)? {
        switch dialect.name {
        case "anthropic": AnthropicBatches(address: endpoint.origin + endpoint.pathOnly + "/batches", wire: wire)
        case let name where dialects.contains(name): OpenAIBatches(endpoint: endpoint, wire: wire)
        default: nil
        }
    }
}

extension JSONValue {
    /// A number of rows that can be one.
    var rowCount: Int { min(max(int ?? 0, 0), 1 << 32) }
}

extension Endpoint {
    /// Without a query.
    var pathOnly: String { String(path.prefix { $0 != "?" }) }
}
