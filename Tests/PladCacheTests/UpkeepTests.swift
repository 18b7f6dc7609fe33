import Foundation
import PladCache
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

@Suite struct UpkeepTests {
    private func cache(_ file: URL, _ texts: [String]) async throws -> CompletionCache {
        let cache = try CompletionCache(opening: file, for: .writing)
        for text in texts { _ = try await cache.store(try stored(request(text), "answer to \(text)")) }
        return cache
    }

    @Test func mergingAddsWhatIsNew() async throws {
        let folder = try Folder()
        let one = try await cache(folder["1.sqlite"], ["a", "b"])
        let two = try await cache(folder["2.sqlite"], ["b", "c"])
        _ = try await two.store(try stored(request("a"), "another answer"))
        #expect(try one.merge(two) == CompletionCache.Imported(added: 1, present: 1, different: 1))
        #expect(try one.list().map(\.request) == ["a", "b", "c"].map { request($0).bodyText })
        #expect(try await one.find(request("a"))?.response == stored(request("a"), "answer to a").response)
        #expect(try two.list().count == 3)
    }

    /// A cache that has paid a tenth of a cent for so many tokens, and perhaps broken off as many.
    private func spender(_ file: URL, paying tokens: Int, breaking: Int = 0) async throws -> CompletionCache {
        let cache = try CompletionCache(opening: file, for: .writing)
        let ledger = Ledger(cache, teacher: "t", model: "m", price: Price(input: 0, output: 1000), budget: nil)
        let reservation = Reservation(id: 0, most: Money(nanodollars: Int64(breaking) * 1_000_000))
        try await ledger.settle(reservation, .answer(Usage(promptTokens: 0, completionTokens: tokens)))
        if breaking > 0 { try await ledger.settle(reservation, .doubtful) }
        return cache
    }

    /// A cache that has an answer and has paid a tenth of a dollar, from before batches cost and spenders had names.
    private func older(_ file: URL) async throws {
        try await cache(file, ["a"]).close()
        try await spender(file, paying: 100, breaking: 3).close()
        try execute(
            """
            CREATE TABLE old (teacher TEXT NOT NULL, model TEXT NOT NULL, answers INTEGER NOT NULL, paid INTEGER NOT NULL,
                in_doubt INTEGER NOT NULL, PRIMARY KEY (teacher, model)) WITHOUT ROWID;
            INSERT INTO old SELECT teacher, model, answers, paid, in_doubt FROM spending;
            DROP TABLE spending;
            ALTER TABLE old RENAME TO spending;
            ALTER TABLE batch DROP COLUMN reservation;
            ALTER TABLE batch DROP COLUMN price;
            ALTER TABLE reservation DROP COLUMN process;
            DELETE FROM grdb_migrations WHERE identifier >= '6';
            """, in: file)
    }

    @Test func anOlderCacheKeepsItsAccount() async throws {
        let folder = try Folder()
        try await older(folder["c.sqlite"])
        let account = try CompletionCache(opening: folder["c.sqlite"], for: .reading).account()
        #expect(account.paid == Money(dollars: 0.1) && account.inDoubt == Money(dollars: 0.003))
        #expect(try await spender(folder["c.sqlite"], paying: 1).account().paid == Money(dollars: 0.101))
    }

    @Test func anOlderCacheThatIsDamagedKeepsItsAccount() async throws {
        let folder = try Folder()
        try await older(folder["c.sqlite"])
        #expect(try CompletionCache.recover(folder["c.sqlite"], into: folder["new.sqlite"]).completions == 1)
        let account = try CompletionCache(opening: folder["new.sqlite"], for: .reading).account()
        #expect(account.paid == Money(dollars: 0.1) && account.inDoubt == Money(dollars: 0.003))
    }

    @Test func copiesOfAnOlderCacheCountTheirMoneyOnce() async throws {
        let folder = try Folder()
        try await older(folder["c.sqlite"])
        try FileManager.default.copyItem(at: folder["c.sqlite"], to: folder["copy.sqlite"])
        let one = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        try one.merge(try CompletionCache(opening: folder["copy.sqlite"], for: .writing))
        #expect(try one.account().paid == Money(dollars: 0.1) && one.account().inDoubt == Money(dollars: 0.003))
        // Another older cache's money is its own.
        try await older(folder["other.sqlite"])
        try execute("UPDATE answer SET asked_at = 1", in: folder["other.sqlite"])
        try one.merge(try CompletionCache(opening: folder["other.sqlite"], for: .writing))
        #expect(try one.account().paid == Money(dollars: 0.2))
    }

    @Test func aMergedAccountIsWhatBothSpentHoweverOftenTheyAreMerged() async throws {
        let folder = try Folder()
        let one = try await spender(folder["1.sqlite"], paying: 100)
        let two = try await spender(folder["2.sqlite"], paying: 20, breaking: 3)
        for _ in 0..<2 { try one.merge(two) }
        #expect(try one.account().paid == Money(dollars: 0.12) && one.account().inDoubt == Money(dollars: 0.003))
        // The other way round too, and what it says of the first is known there already.
        for _ in 0..<2 { try two.merge(one) }
        #expect(try two.account() == one.account())
    }

    @Test func aCopyThatWentOnAddsOnlyWhatItSpentSince() async throws {
        let folder = try Folder()
        let cache = try await spender(folder["c.sqlite"], paying: 100)
        try cache.close()
        try FileManager.default.copyItem(at: folder["c.sqlite"], to: folder["copy.sqlite"])
        let copy = try await spender(folder["copy.sqlite"], paying: 5)
        let again = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        try again.merge(copy)
        #expect(try again.account().paid == Money(dollars: 0.105))
    }

    @Test func onlyTruncatedAnswersWithAFullerOneAreGarbage() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        func asked(_ text: String, _ limit: Int) -> TeacherRequest { request(text, SamplingParameters(maxTokens: limit)) }
        _ = try await cache.store(try stored(asked("replaced", 10), "x", finishReason: "length"))
        _ = try await cache.store(try stored(asked("replaced", 20), "x"))
        _ = try await cache.store(try stored(asked("cut twice", 10), "x", finishReason: "length"))
        _ = try await cache.store(try stored(asked("cut twice", 20), "x", finishReason: "length"))
        _ = try await cache.store(try stored(asked("whole", 10), "x"))
        #expect(try cache.collectGarbage(deleting: false).completions == 1)
        #expect(try cache.list().count == 5)
        #expect(try cache.collectGarbage(deleting: true).completions == 1)
        #expect(try cache.list().count == 4)
        #expect(try await cache.find(asked("replaced", 20)) != nil)
        #expect(try cache.collectGarbage(teacher: "t", deleting: false).completions == 4)
        #expect(try cache.collectGarbage(teacher: "u", deleting: true).completions == 0)
        #expect(try cache.verify().problems.isEmpty)
    }

    @Test func whatIsSoundInADamagedFileIsSaved() async throws {
        let folder = try Folder()
        let texts = (0..<300).map { "question \($0) " + String(repeating: "x", count: 300) }
        let cache = try await cache(folder["c.sqlite"], texts)
        try cache.close()
        var bytes = try Data(contentsOf: folder["c.sqlite"])
        // Behind the pages of the tables' own description, without which SQLite opens nothing.
        for index in 200_000..<240_000 { bytes[index] = 0x5a }
        try bytes.write(to: folder["c.sqlite"])
        let recovered = try CompletionCache.recover(folder["c.sqlite"], into: folder["new.sqlite"])
        #expect(recovered.completions > 150)
        #expect(recovered.lost > 0)
        #expect(recovered.completions + recovered.lost <= 300)
        let saved = try CompletionCache(opening: folder["new.sqlite"], for: .reading)
        let verification = try saved.verify()
        #expect(verification.completions == recovered.completions)
        #expect(verification.problems.isEmpty)
        #expect(try Data(contentsOf: folder["c.sqlite"]) == bytes)
        #expect(throws: CacheError.self) { try CompletionCache.recover(folder["c.sqlite"], into: folder["new.sqlite"]) }
    }

    @Test func aFileWithNothingToSaveLeavesNoNewOne() throws {
        let folder = try Folder()
        try execute("CREATE TABLE notes (text)", in: folder["c.sqlite"])
        #expect(throws: CacheError.self) { try CompletionCache.recover(folder["c.sqlite"], into: folder["new.sqlite"]) }
        #expect(!FileManager.default.fileExists(atPath: folder["new.sqlite"].path))
    }

    @Test func theTallyCountsWhatWasPaidFor() async throws {
        let folder = try Folder()
        let script = ScriptedTeacher { number, _ in
            chatBody("x").replacingOccurrences(of: "m-1", with: number < 2 ? "m-1" : "m-2")
        }
        let teacher = cached(try CompletionCache(opening: folder["c.sqlite"], for: .writing), .record(script))
        for text in ["a", "b", "a", "c", "b"] { _ = try await teacher.completion(of: question(text), SamplingParameters()) }
        var expected = RunUsage()
        (expected.asked, expected.fromCache, expected.attempts) = (3, 2, 6)
        (expected.promptTokens, expected.completionTokens) = (21, 9)
        // Of all five answers: "a" and "b" came twice.
        expected.models = ["m-1": 4, "m-2": 1]
        #expect(teacher.usage == expected)
        #expect(try await teacher.recorded(for: question("a"), SamplingParameters()) != nil)
        #expect(try await teacher.recorded(for: question("d"), SamplingParameters()) == nil)
        #expect(script.requests.count == 3)
    }

    @Test func everyDialectsTokenLimitIsKnown() {
        for name in Dialects.names {
            let dialect = Dialects.named(name, model: "m")!
            func body(_ limit: Int) -> JSONValue { dialect.body(asking: question("a"), SamplingParameters(maxTokens: limit), sample: 0) }
            #expect(TokenLimit.split(body(77)).limit == 77, "\(name)")
            #expect(TokenLimit.split(body(77)).rest == TokenLimit.split(body(78)).rest, "\(name)")
        }
    }
}
