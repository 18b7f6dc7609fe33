package import Foundation
import PladRecords

/// Limits that were learnt of an endpoint.
package struct KnownLimits: Sendable, Hashable, Codable {
    /// A minute.
    package var requests: Double?
    /// A minute.
    package var tokens: Double?
    /// Requests on the wire that it took without throttling.
    package var concurrency: Int?

    package init(requests: Double? = nil, tokens: Double? = nil, concurrency: Int? = nil) {
        self.requests = requests
        self.tokens = tokens
        self.concurrency = concurrency
    }
}

/// Keeps what was learnt of endpoints from one run to the next.
package protocol EndpointMemory: Sendable {
    /// Nil where nothing is known, or nothing recent.
    func recall(_ origin: String) -> KnownLimits?
    /// Best effort: what cannot be kept is learnt again.
    func remember(_ limits: KnownLimits, of origin: String)
}

/// A small JSON file, replaced as a whole. Of two processes that write it the last one wins.
package struct EndpointFile: EndpointMemory {
    private struct Entry: Codable {
        var limits: KnownLimits
        var seen: Date
    }

    private let file: URL
    private let now: @Sendable () -> Date
    /// Limits rise with what an account has spent, so old ones would only hold it back.
    private static let lifetime: TimeInterval = 7 * 86400

    package init(_ file: URL, now: @escaping @Sendable () -> Date = { Date() }) {
        self.file = file
        self.now = now
    }

    package func recall(_ origin: String) -> KnownLimits? { entries[origin]?.limits }

    package func remember(_ limits: KnownLimits, of origin: String) {
        var entries = entries
        entries[origin] = Entry(limits: limits, seen: now())
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        try? encoder.encode(entries).write(atomicallyTo: file)
        // It says whom an account asks, and lies beside the answers.
        chmod(file.path, 0o600)
    }

    /// The recent ones; none where the file is missing or damaged.
    private var entries: [String: Entry] {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let all = (try? Data(contentsOf: file)).flatMap { try? decoder.decode([String: Entry].self, from: $0) } ?? [:]
        return all.filter { now().timeIntervalSince($0.value.seen) < Self.lifetime }
    }
}
