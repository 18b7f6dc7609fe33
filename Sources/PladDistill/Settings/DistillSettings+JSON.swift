import Foundation
package import PladRecords

extension DistillSettings {
    /// Reads settings from `run.json`. Absent ones have their defaults, so that a run of an older version opens.
    ///
    /// Throws `RecordError.malformed` for an unknown setting, or a value of a wrong type.
    package init(reading given: JSONValue) throws {
        let all = try JSONValue(parsing: DistillSettings().jsonLine()).merged(with: given)
        do {
            self = try JSONDecoder().decode(DistillSettings.self, from: Data(all.canonical.utf8))
        } catch let error as DecodingError {
            throw RecordError(.malformed, "the setting \(error.reason)")
        }
        let known = Set(try leaves().keys)
        if let other = given.leaves().filter({ $0.value != .null && $0.value != .object([:]) }).keys.filter({ !known.contains($0) }).min() {
            throw RecordError(.malformed, "the setting \"\(other)\" is not known to this plad; use the plad that wrote it")
        }
    }

    /// Every setting that is not nil, by its path: `ranking.margin`.
    package func leaves() throws -> [String: JSONValue] { try JSONValue(parsing: jsonLine()).leaves() }

    /// Settings that do not change a run's result, so that a resumed run may change them.
    private static let incidental: Set<String> = [
        "teacher.remote", "teacher.key_file", "teacher.plain_http", "teacher.headers", "teacher.concurrency", "teacher.requests_per_minute",
        "teacher.tokens_per_minute", "teacher.timeout", "teacher.streaming", "teacher.batch", "teacher.attempts", "teacher.budget",
        "teacher.price", "teacher.skip_failed", "teacher.cache", "teacher.replay", "teacher.refresh",
        "quality.timeout", "run.folder", "run.checkpoint_seconds",
    ]

    private static func isIncidental(_ path: String) -> Bool { incidental.contains(path) || path.hasPrefix("evaluation.judge.") }

    /// The first setting, by path, that differs from `other` and changes the result.
    package func difference(from other: DistillSettings) throws -> (path: String, mine: JSONValue?, theirs: JSONValue?)? {
        let (mine, theirs) = try (leaves(), other.leaves())
        let paths = Set(mine.keys).union(theirs.keys).filter { !Self.isIncidental($0) }
        return paths.sorted().first { mine[$0] != theirs[$0] }.map { ($0, mine[$0], theirs[$0]) }
    }
}

extension JSONValue {
    /// Names of the settings whose value is an object.
    private static let whole = ["extra", "price"]

    /// The values that are not groups, by their keys joined by dots.
    fileprivate func leaves(_ path: [String] = []) -> [String: JSONValue] {
        guard case .object(let members) = self, path.last.map({ !Self.whole.contains($0) }) ?? true else {
            return [path.joined(separator: "."): self]
        }
        return members.reduce(into: [:]) { $0.merge($1.value.leaves(path + [$1.key])) { $1 } }
    }

    /// The document with another's values overriding its own, group by group.
    fileprivate func merged(with other: JSONValue) -> JSONValue {
        guard case .object(var members) = self, case .object(let others) = other else { return other }
        for (key, value) in others {
            members[key] = members[key].map { Self.whole.contains(key) ? value : $0.merged(with: value) } ?? value
        }
        return .object(members)
    }
}
