package import Foundation
import PladRecords

/// The limits learned of an endpoint.
package struct KnownLimits: Sendable, Hashable, Codable {
    /// Number of requests a minute.
    package var requests: Double?
    /// Number of tokens a minute.
    package var tokens: Double?
    /// Number of concurrent requests that it accepted without throttling.
    package var concurrency: Int?

    package init(requests: Double? = nil, tokens: Double? = nil, concurrency: Int? = nil) {
        self.requests = requests
        self.tokens = tokens
        self.concurrency = concurrency
    }
}

/// Stores the limits of endpoints from one run to the next.
package protocol EndpointMemory: Sendable {
    /// The stored limits; nil if none are known, or none recent.
    func recall(_ origin: String) -> KnownLimits?
    /// Stores limits, without an error if that fails: they are then learned again.
    func remember(_ limits: KnownLimits, of origin: String)
}

/// A small JSON file, replaced as a whole. If two processes write it, the last one wins.
package struct EndpointFile: EndpointMemory {
    private struct Entry: Codable {
        var limits: KnownLimits
        var seen: Date
    }

    private let file: URL
    private let now: @Sendable () -> Date
    /// Seconds after which limits are forgotten: they rise with an account's spending, so that old ones would be too low.
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
        // It says whom an account asks, and lies beside the cache.
        chmod(file.path, 0o600)
    }

    /// The recent entries; empty if the file is missing or damaged.
    private var entries: [String: Entry] {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let all = (try? Data(contentsOf: file)).flatMap { try? decoder.decode([String: Entry].self, from: $0) } ?? [:]
        return all.filter { now().timeIntervalSince($0.value.seen) < Self.lifetime }
    }
}
