package import Foundation
package import PladHTTP
import PladRecords

/// One row of a batch: a request and the id of its result.
package struct BatchRow: Sendable, Equatable {
    /// Id of the row: the key's 64 hexadecimal digits, the longest that Anthropic's `custom_id` allows.
    package var id: String
    /// Body of the request in canonical form.
    package var body: String

    package init(id: String, body: String) {
        self.id = id
        self.body = body
    }
}

/// The state of a batch at its provider.
package struct BatchState: Sendable, Equatable {
    package var id: String
    /// Status in the provider's words.
    package var status: String
    package var isOver: Bool
    /// Number of rows; nil if the provider does not report it yet.
    package var total: Int?
    /// Number of rows that were tried.
    package var done: Int
    /// Name of its submission, if the provider stores one.
    package var name: String?
    /// Time of creation in seconds since 1970.
    package var createdAt: Int64
    /// Addresses of its results, after its end.
    package var results: [String]
    /// Reason why the whole batch failed.
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

/// The result of a row.
package enum BatchResult: Sendable, Equatable {
    /// A response like that of a single request; may be an error.
    case response(status: Int, body: Data)
    /// The row was never tried: it expired or was cancelled, in the provider's word.
    case untried(String)
}

/// The results of a batch, as far as a provider has sent them.
package struct BatchResults: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        package var id: String
        package var result: BatchResult

        package init(id: String, result: BatchResult) {
            (self.id, self.result) = (id, result)
        }
    }

    package var rows: [Row] = []
    /// Number of lines that are not a row's result.
    package var unreadable = 0

    package init(rows: [Row] = [], unreadable: Int = 0) {
        (self.rows, self.unreadable) = (rows, unreadable)
    }

    /// Adds the lines of one file. `read` parses a line; nil if it is no result.
    mutating func add(_ file: Data, _ read: (JSONValue) -> Row?) {
        for (_, line) in JSONLines.lines(of: file) {
            if let row = (try? JSONValue(parsing: line)).flatMap(read) { rows.append(row) } else { unreadable += 1 }
        }
    }

    /// Returns these results, if there are any. Throws `TeacherError.exhausted` if rows of the batch were tried but there are none.
    ///
    /// - Parameter last: last file, which the error describes.
    func checked(of batch: BatchState, at place: String, last: Data) throws -> BatchResults {
        guard rows.isEmpty, unreadable > 0 || batch.done > 0 else { return self }
        let what = WebPage(last)?.description ?? (last.isEmpty ? "nothing" : "no result of a row")
        throw TeacherError(
            .exhausted,
            "\(place) answers \(what), and batch \(batch.id) is paid for: it stays open; run the command again to ask for its results once more"
        )
    }
}

/// A provider's API for batches of requests at half price, completed within a day.
package protocol BatchService: Sendable {
    /// Largest number of rows and bytes of one batch.
    var most: (rows: Int, bytes: Int) { get }
    /// True if the provider stores the name of a submission.
    var keepsNames: Bool { get }
    /// Uploads the rows if the API has a separate step for it. Returns the file's id there; nil if it has none.
    func upload(_ rows: [BatchRow], name: String) async throws -> String?
    /// Submits the rows. Throws `BatchDoubt` if the failed request may have submitted them all the same.
    func submit(_ rows: [BatchRow], file: String?, name: String) async throws -> BatchState
    func state(of id: String) async throws -> BatchState
    /// The batches of this account, the newest first.
    func all() async throws -> [BatchState]
    func cancel(_ id: String) async throws -> BatchState
    /// The rows' results, in any order.
    ///
    /// Throws `TeacherError.exhausted` if the response holds no row's result although rows were tried: a web page, another document, or
    /// nothing. The batch is paid for, and should be polled again.
    func results(of batch: BatchState) async throws -> BatchResults
}

/// A collection of batches at one address, listed page by page, as in both providers' batch APIs.
protocol BatchCollection: BatchService {
    /// Address for submitting and listing batches; each is polled at its id below it.
    var address: String { get }
    var wire: BatchWire { get }
    /// Name of the parameter for the last batch of the page before.
    var cursor: String { get }
    /// The batch that a document describes.
    func state(_ document: JSONValue) throws -> BatchState
}

extension BatchCollection {
    /// The batch in the response to a submission. Without one, it is unknown if the batch exists.
    func submitted(_ document: JSONValue) throws -> BatchState {
        do {
            return try state(document)
        } catch {
            throw BatchDoubt(.unreadable("no batch"))
        }
    }

    func state(of id: String) async throws -> BatchState { try state(await wire.document("\(address)/\(id.asPathPart)")) }

    func cancel(_ id: String) async throws -> BatchState {
        try state(await wire.document("\(address)/\(id.asPathPart)/cancel", body: Data("{}".utf8)))
    }

    func all() async throws -> [BatchState] {
        var (states, after) = ([BatchState](), "")
        for _ in 0..<20 {
            let page = try await wire.document("\(address)?limit=100" + (after.isEmpty ? "" : "&\(cursor)=\(after.asPathPart)"))
            guard let data = page["data"]?.array else {
                throw TeacherError(.exhausted, "\(address) answers no list of batches; run the command again to continue")
            }
            let found = try data.map(state)
            states += found
            guard page["has_more"] == true, let last = found.last else { break }
            after = last.id
        }
        return states
    }
}

extension String {
    /// The text as one part of an address's path or query: an id that a provider gave leads nowhere else.
    var asPathPart: String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        return addingPercentEncoding(withAllowedCharacters: plain.union(CharacterSet(charactersIn: contains("..") ? "" : "."))) ?? ""
    }
}

/// The failure of a request that must not be repeated: the provider may have carried it out.
package struct BatchDoubt: Error {
    /// Outcome of the request.
    package let outcome: RetryPolicy.Outcome

    package init(_ outcome: RetryPolicy.Outcome) {
        self.outcome = outcome
    }
}

/// The batch APIs by dialect.
package enum BatchServices {
    package static let dialects = ["openai-chat", "openai-responses", "openai-completions", "anthropic"]

    /// The batch API of a dialect; nil if there is none.
    package static func service(for endpoint: Endpoint, dialect: some Dialect, wire: BatchWire) -> (any BatchService)? {
        switch dialect.name {
        case "anthropic": AnthropicBatches(address: endpoint.origin + endpoint.pathOnly + "/batches", wire: wire)
        case let name where dialects.contains(name): OpenAIBatches(endpoint: endpoint, wire: wire)
        default: nil
        }
    }
}

extension JSONValue {
    /// The number of rows, clamped to a valid range.
    var rowCount: Int { min(max(int ?? 0, 0), 1 << 32) }
}

extension Endpoint {
    /// Path without its query.
    var pathOnly: String { String(path.prefix { $0 != "?" }) }
}
