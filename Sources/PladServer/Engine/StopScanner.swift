/// Ends a text at the first of its stop strings, even if they straddle pieces.
///
/// Text that may be the start of a stop string is held back until it cannot be one. The comparison is bytewise, so that a combining
/// mark after a stop string does not hide it.
package struct StopScanner: Sendable {
    private let stops: [[UInt8]]
    private var held: [UInt8] = []

    /// - Parameter stops: stop strings, none of them empty.
    package init(stops: [String]) {
        self.stops = stops.map { Array($0.utf8) }
        precondition(!self.stops.contains([]), "a stop string is empty")
    }

    /// Appends text. Returns the part that certainly precedes any stop string, and true if a stop string has occurred.
    package mutating func append(_ text: String) -> (text: String, stopped: Bool) {
        guard !stops.isEmpty else { return (text, false) }
        held += text.utf8
        if let end = firstStop() {
            let released = held[..<end]
            held = []
            return (String(decoding: released, as: UTF8.self), true)
        }
        let certain = held.count - longestStart()
        let released = held[..<certain]
        held.removeFirst(certain)
        return (String(decoding: released, as: UTF8.self), false)
    }

    /// The text held back, at the end of the sample.
    package mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// Start of the earliest stop string.
    private func firstStop() -> Int? {
        held.indices.first { start in stops.contains { held[start...].starts(with: $0) } }
    }

    /// The length of the longest suffix of `held` that is the start of a stop string.
    private func longestStart() -> Int {
        let longest = min(held.count, stops.map(\.count).max()! - 1)
        return stride(from: longest, to: 0, by: -1).first { length in
            stops.contains { $0.starts(with: held.suffix(length)) }
        } ?? 0
    }
}
