import Foundation
import PladCache
import PladRecords
import PladTeacher
import Testing

@Suite struct VerifyTests {
    private func problems(_ change: (inout StoredCompletion) throws -> Void) async throws -> [String] {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        var answer = try stored(request("a"), "b")
        try change(&answer)
        _ = try await cache.store(answer)
        _ = try await cache.store(try stored(request("sound"), "b"))
        let verification = try cache.verify()
        #expect(verification.completions == 2)
        return verification.problems
    }

    @Test func soundRowsHaveNoProblems() async throws {
        #expect(try await problems { _ in }.isEmpty)
    }

    @Test func everyPartOfTheKeyIsRehashed() async throws {
        let changes: [(inout StoredCompletion) -> Void] = [
            { $0.key = Digest(of: "x") }, { $0.teacher = "u" }, { $0.dialect = "d" }, { $0.path = "/q" }, { $0.sample = 1 },
            { $0.request = $0.request.replacingOccurrences(of: "256", with: "257") },
        ]
        for (index, change) in changes.enumerated() {
            let problems = try await problems(change)
            #expect(problems.contains { $0.contains("row 1: its key") }, "change \(index): \(problems)")
        }
    }

    @Test func otherDamageToARowIsNamed() async throws {
        #expect(try await problems { $0.family = Digest(of: "x") } == ["row 1: its family or token limit is not its request's"])
        #expect(try await problems { $0.tokenLimit = 1 } == ["row 1: its family or token limit is not its request's"])
        #expect(try await problems { $0.request = " " + $0.request } == ["row 1: its request is not in canonical spelling"])
        #expect(try await problems { $0.request = "{" } == ["row 1: its request is not JSON"])
        let unreadable = try await problems { $0.response = Data("{}".utf8) }
        #expect(unreadable.count == 1 && unreadable[0].hasPrefix("row 1: its response is not valid in openai-chat"))
    }

    @Test func timesAreThereOrNot() async throws {
        let partly = ["row 1: some of its asked_at, first_byte and total are nothing, and not all are"]
        #expect(try await problems { $0.askedAt = nil } == partly)
        #expect(try await problems { ($0.total, $0.firstByte) = (nil, nil) } == partly)
        #expect(try await problems { ($0.askedAt, $0.total, $0.firstByte) = (nil, nil, nil) }.isEmpty)
    }

    @Test func aFlippedByteInAResponseIsFound() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        _ = try await cache.store(try stored(request("a"), "needle in a haystack"))
        try cache.close()
        var bytes = try Data(contentsOf: folder["c.sqlite"])
        let place = try #require(bytes.range(of: Data("needle in".utf8)))
        bytes[place.lowerBound] = UInt8(ascii: "N")
        try bytes.write(to: folder["c.sqlite"])
        let damaged = try CompletionCache(opening: folder["c.sqlite"], for: .reading)
        #expect(try damaged.verify().problems == ["row 1: its response is not what was recorded"])
        let error = await #expect(throws: CacheError.self) { _ = try await damaged.find(request("a")) }
        #expect(error?.code == .damaged, "nothing is trained on that no teacher said")
    }

    /// Values of another type, or that nothing can be, in every column of an answer.
    private static let damage = [
        ("model", "'another'"), ("model", "NULL"), ("prompt_tokens", "NULL"), ("completion_tokens", "NULL"),
        ("key", "x'00'"), ("key", "'text'"), ("family", "7"), ("dialect", "x'00'"), ("teacher", "x'ff'"), ("path", "x'2f'"),
        ("request", "x'7b7d'"),
        ("request", "'{'"), ("request", "'[1]'"), ("sample", "-1"), ("sample", "'a'"), ("token_limit", "'many'"), ("status", "99999"),
        ("status", "'ok'"), ("response", "'text'"), ("response", "7"), ("response_digest", "x'00'"), ("response_digest", "'text'"),
        ("finish_reason", "'banana'"), ("finish_reason", "x'00'"), ("prompt_tokens", "-1"), ("prompt_tokens", "9223372036854775807"),
        ("prompt_tokens", "1e300"), ("completion_tokens", "'x'"), ("completion_tokens", "9223372036854775807"), ("model", "x'ff'"),
        ("attempts", "-5"), ("attempts", "9e99"), ("asked_at", "9223372036854775807"), ("first_byte", "-1.0"), ("first_byte", "'soon'"),
        ("total", "9e999"), ("cached_tokens", "-2"), ("reasoning_tokens", "x'00'"), ("choice", "-1"), ("choice", "9223372036854775807"),
    ]

    @Test func aBadValueInAnyColumnIsFoundAndCrashesNothing() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["sound.sqlite"], for: .writing)
        for text in ["a", "sound"] { _ = try await cache.store(try stored(request(text), "b")) }
        try cache.close()
        let files = try Self.damage.indices.map { index in
            try FileManager.default.copyItem(at: folder["sound.sqlite"], to: folder["\(index).sqlite"])
            return folder["\(index).sqlite"]
        }
        try execute(zip(Self.damage, files).map { ("UPDATE answer SET \($0.0) = \($0.1) WHERE id = 1", $1) })
        for ((column, value), file) in zip(Self.damage, files) {
            let damaged = try CompletionCache(opening: file, for: .reading)
            let found = try damaged.verify()
            #expect(
                found.completions == 2 && found.problems.contains { $0.hasPrefix("row 1: its ") }, "\(column) \(value): \(found.problems)")
            #expect(!found.problems.contains { $0.hasPrefix("row 2") }, "\(column) \(value)")
            #expect(try damaged.statistics().completions == 2)
            _ = try? damaged.list()
            _ = try? await damaged.find(request("a"))
            #expect(try await damaged.find(request("sound")) != nil)
            _ = try damaged.nearest(to: request("other"))
            let recovered = try CompletionCache.recover(file, into: file.appendingPathExtension("new"))
            #expect(recovered.completions == 1 && recovered.lost == 1, "\(column) \(value)")
        }
    }

    /// Rows beside the answers with a value that no column holds, and that column.
    private static let badRows = [
        ("attempt (key, number, started_at, duration, fault)", "('k', 1, 1, 1, 'f')", "key"),
        ("attempt (key, number, started_at, duration, fault)", "(zeroblob(32), 1, 'x', 1, 'f')", "started_at"),
        ("attempt (key, number, started_at, duration, fault, status)", "(zeroblob(32), 1, 1, -1, 'f', 7)", "duration"),
        ("attempt (key, number, started_at, duration, fault, status)", "(zeroblob(32), 1, 1, 1, x'00', 200)", "fault"),
        ("spending", "('s', 't', 'm', 1, -5, 0)", "paid"), ("spending", "('s', 't', 'm', 1, 'much', 0)", "paid"),
        ("spending", "('s', x'00', 'm', 1, 5, -1e300)", "in_doubt"),
        ("reservation (teacher, model, nanodollars)", "('t', 'm', 'x')", "nanodollars"),
        ("reservation (teacher, model, nanodollars, process)", "('t', 'm', 5, x'00')", "process"),
        ("claim", "(zeroblob(32), x'00')", "process"),
        ("claim", "('k', 'p')", "key"), ("batch_row", "(zeroblob(32), 'b', '{', 0)", "request"),
        ("batch (name, dialect, teacher, path, url, made_at, rows, phase)", "('n', 'd', 't', 'p', 'u', 1, 1, 'lost')", "phase"),
        (
            "batch (name, dialect, teacher, path, url, made_at, rows, phase, price)", "('n', 'd', 't', 'p', 'u', 1, 1, 'ended', '{')",
            "price"
        ),
        ("renewal", "('r', 'k')", "key"), ("run_start", "('s', x'ff')", "run"),
    ]

    @Test func aBadRowBesideTheAnswersIsFoundAndCrashesNothing() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["sound.sqlite"], for: .writing)
        _ = try await cache.store(try stored(request("a"), "b"))
        #expect(try cache.verify().problems.isEmpty)
        try cache.close()
        let files = try Self.badRows.indices.map { index in
            try FileManager.default.copyItem(at: folder["sound.sqlite"], to: folder["\(index).sqlite"])
            return folder["\(index).sqlite"]
        }
        try execute(zip(Self.badRows, files).map { ("INSERT INTO \($0.0) VALUES \($0.1)", $1) })
        for ((table, _, column), file) in zip(Self.badRows, files) {
            let damaged = try CompletionCache(opening: file, for: .reading)
            let name = table.prefix { $0 != " " }
            #expect(try damaged.verify().problems.contains("table \(name): 1 rows hold a \(column) that plad does not write"), "\(name)")
            _ = try damaged.statistics()
            _ = try damaged.account()
            _ = try damaged.writeOff(deleting: false)
            _ = try damaged.cost(of: "run")
            _ = try? damaged.submissions()
            _ = try damaged.attempts(for: Digest(of: "k"))
            #expect(try CompletionCache.recover(file, into: file.appendingPathExtension("new")).completions == 1)
            let merged = try CompletionCache(opening: file.appendingPathExtension("merged"), for: .writing)
            #expect(try merged.merge(damaged).added == 1)
        }
    }
}
