import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

@Suite struct LedgerTests {
    private let price = Price(input: 0, output: 1000)  // a tenth of a cent a token

    private func ledger(_ cache: CompletionCache, budget: Double?) -> Ledger {
        Ledger(cache, teacher: "t", model: "m", price: price, budget: budget.map(Money.init(dollars:)))
    }

    private func asking(_ tokens: Int) -> TeacherRequest { request("q", SamplingParameters(maxTokens: tokens)) }

    @Test func whatIsSetAsideIsThereBeforeTheRequestAndGoneAfterIt() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        let ledger = ledger(cache, budget: 1)
        let reservation = try await ledger.reserve(for: asking(600))
        #expect(reservation.most == Money(dollars: 0.6))
        #expect(try cache.account().reserved == Money(dollars: 0.6))
        try await ledger.settle(reservation, .answer(Usage(promptTokens: 5, completionTokens: 100)))
        let account = try cache.account()
        #expect((account.paid, account.reserved, account.inDoubt) == (Money(dollars: 0.1), .zero, .zero))
    }

    @Test func anAnswerWithoutACountCostsItsMost() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let ledger = ledger(cache, budget: 1)
        try await ledger.settle(try await ledger.reserve(for: asking(600)), .answer(nil))
        #expect(try cache.account().paid == Money(dollars: 0.6))
    }

    @Test func aRefusalCostsNothingAndABreakStaysInDoubt() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let ledger = ledger(cache, budget: 1)
        try await ledger.settle(try await ledger.reserve(for: asking(600)), .nothing)
        #expect(try cache.account().total == .zero)
        try await ledger.settle(try await ledger.reserve(for: asking(600)), .doubtful)
        #expect(try cache.account().inDoubt == Money(dollars: 0.6))
        let error = try await #require(throws: TeacherError.self) { try await ledger.reserve(for: asking(500)) }
        #expect(error.code == .overBudget && !error.endsRun)
        #expect(error.message.contains("$0.6000"))
    }

    @Test func whoDoesNotFitWaitsForThoseUnderWay() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let ledger = ledger(cache, budget: 1)
        let first = try await ledger.reserve(for: asking(600))
        async let second = ledger.reserve(for: asking(600))
        try await Task.sleep(for: .milliseconds(20))
        try await ledger.settle(first, .answer(Usage(promptTokens: 0, completionTokens: 10)))
        #expect(try await second.most == Money(dollars: 0.6))
    }

    @Test func whoWaitsCanBeCancelled() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let ledger = ledger(cache, budget: 1)
        _ = try await ledger.reserve(for: asking(600))
        let waiting = Task { try await ledger.reserve(for: asking(600)) }
        try await Task.sleep(for: .milliseconds(20))
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    /// Another process, or one that was killed: its reservation counts, and nobody waits for it.
    @Test func whatAnotherProcessSetAsideCounts() async throws {
        let folder = try Folder()
        let theirs = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        _ = try await ledger(theirs, budget: 1).reserve(for: asking(600))
        let mine = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        await #expect(throws: TeacherError.self) { try await ledger(mine, budget: 1).reserve(for: asking(600)) }
        _ = try await ledger(mine, budget: 1).reserve(for: asking(400))
    }

    @Test func theBudgetHoldsWhoeverAsksTogether() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let ledger = ledger(cache, budget: 1)
        let paid = await withTaskGroup(of: Int.self) { group in
            for number in 0..<100 {
                group.addTask {
                    guard let reservation = try? await ledger.reserve(for: asking(100)) else { return 0 }
                    let tokens = 5 + number % 50
                    try? await ledger.settle(reservation, .answer(Usage(promptTokens: 0, completionTokens: tokens)))
                    return tokens
                }
            }
            return await group.reduce(0, +)
        }
        let account = try cache.account()
        #expect(account.total <= Money(dollars: 1))
        #expect(account.paid == Money(nanodollars: Int64(paid) * 1_000_000))
        // No more than one request's worth is left unspent.
        #expect(account.paid > Money(dollars: 0.9))
    }

    @Test func noCountOfAnEndpointsOverflowsTheAccount() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        let ledger = Ledger(cache, teacher: "t", model: "m", price: Price(input: 0, output: 1e12), budget: nil)
        for _ in 0..<3 {
            try await ledger.settle(try await ledger.reserve(for: asking(600)), .answer(Usage(promptTokens: 1, completionTokens: 1 << 40)))
            try await ledger.settle(Reservation(id: 0, most: Money(nanodollars: .max)), .doubtful)
        }
        let account = try cache.account()
        #expect(account.paid == Money(dollars: 9e9) && account.inDoubt == Money(dollars: 9e9))
        #expect(account.total == Money(nanodollars: .max))
        let other = try CompletionCache(opening: folder["d.sqlite"], for: .writing)
        try other.merge(cache)
        #expect(try other.account().paid == Money(dollars: 9e9))
    }

    @Test func withoutABudgetItOnlyKeepsAccount() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let ledger = ledger(cache, budget: nil)
        let reservation = try await ledger.reserve(for: asking(600))
        // On the account before it is sent: a crash would leave it there.
        #expect(try cache.account().reserved == Money(dollars: 0.6))
        try await ledger.settle(reservation, .answer(Usage(promptTokens: 0, completionTokens: 10)))
        let account = try cache.account()
        #expect(account.paid == Money(dollars: 0.01) && account.reserved == .zero)
        try await ledger.settle(try await ledger.reserve(for: asking(600)), .nothing)
        #expect(try cache.account().total == Money(dollars: 0.01))
    }

    /// A teacher that pays before it answers, as `RemoteTeacher` does.
    private struct PaidTeacher: Teacher {
        let ledger: Ledger
        let text: String

        func reply(to request: TeacherRequest) async throws -> Reply {
            let reservation = try await ledger.reserve(for: request)
            var reply = try await ScriptedTeacher { _, _ in chatBody(text) }.reply(to: request)
            reply.reservation = reservation
            return reply
        }
    }

    private func asked(_ cache: CompletionCache, _ ledger: Ledger, _ text: String) async throws {
        let teacher = CachedTeacher(
            cache: cache, dialect: dialect, teacher: "t", path: path, mode: .record(PaidTeacher(ledger: ledger, text: text)), ledger: ledger
        )
        _ = try await teacher.completion(of: question("q"), SamplingParameters(maxTokens: 600))
    }

    @Test func anAnswerIsPaidForWhenItIsKept() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let ledger = ledger(cache, budget: 1)
        try await asked(cache, ledger, "yes")
        let account = try cache.account()
        // Three tokens of completion, as the body says.
        #expect(account.paid == Money(dollars: 0.003) && account.reserved == .zero && ledger.spent.paid == account.paid)
    }

    @Test func aPromptThatAnErrorWithholdsCostsNothing() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let ledger = ledger(cache, budget: 1)
        let transport = ScriptedTransport(.status(403, #"{"error":{"message":"Your input was flagged"}}"#))
        let teacher = RemoteTeacher(
            endpoint: try Endpoint("http://h", dialect: dialect), dialect: dialect, access: Access(key: nil), transport: transport,
            budget: ledger)
        let answer = try await CachedTeacher(
            cache: cache, dialect: dialect, teacher: "t", path: path, mode: .record(teacher), ledger: ledger
        ).completion(of: question("q"), SamplingParameters(maxTokens: 600))
        #expect(answer.completion.finishReason == .filtered)
        #expect(try cache.account().total == .zero)
    }

    /// What is in doubt and what is free, over the wire.
    @Test(arguments: [(502, "<html></html>", 0.6), (504, "{}", 0.6), (500, "{}", 0), (400, "{}", 0), (200, "{\"cho", 0.6)])
    func anAttemptWithoutAnAnswerIsInDoubtOrFree(status: Int, body: String, dollars: Double) async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let teacher = RemoteTeacher(
            endpoint: try Endpoint("http://h", dialect: dialect), dialect: dialect, access: Access(key: nil),
            transport: ScriptedTransport(.status(status, body)), policy: RetryPolicy(attempts: 1), budget: ledger(cache, budget: 1))
        await #expect(throws: TeacherError.self) { try await teacher.reply(to: asking(600)) }
        #expect(try cache.account().inDoubt == Money(dollars: dollars) && cache.account().reserved == .zero)
    }

    /// A teacher whose request is under way for as long as whoever keeps its answer says so.
    private struct CountingTeacher: Teacher {
        let onEnd: @Sendable () -> Void

        func reply(to request: TeacherRequest) async throws -> Reply {
            var reply = try await ScriptedTeacher { _, _ in chatBody("yes") }.reply(to: request)
            reply.underWay = UnderWay(onEnd: onEnd)
            return reply
        }
    }

    @Test func aRequestIsUnderWayUntilItsAnswerIsOnTheDisk() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let kept = Locked<[Int]>([])
        let teacher = CountingTeacher { kept.withLock { $0.append((try? cache.list().count) ?? -1) } }
        _ = try await cached(cache, .record(teacher)).completion(of: question("q"), SamplingParameters())
        #expect(kept.withLock { $0 } == [1])
    }

    @Test func anAnswerThatCannotBeKeptIsNotPaidForAndItsMoneyStaysSetAside() async throws {
        let folder = try Folder()
        try CompletionCache(opening: folder["c.sqlite"], for: .writing).close()
        let bytes = try Data(contentsOf: folder["c.sqlite"]).count
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing, sizeLimit: bytes + 40_000)
        let ledger = ledger(cache, budget: 1)
        let error = try await #require(throws: CacheError.self) {
            try await asked(cache, ledger, String(repeating: "a", count: 200_000))
        }
        #expect(error.code == .diskFull)
        let account = try cache.account()
        #expect(account.paid == .zero && account.reserved == Money(dollars: 0.6) && ledger.spent.paid == .zero)
        // Nobody waits for it.
        await #expect(throws: TeacherError.self) { try await ledger.reserve(for: asking(600)) }
    }

    @Test func whatIsInDoubtCanBeWrittenOff() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let ledger = ledger(cache, budget: 1)
        try await ledger.settle(try await ledger.reserve(for: asking(100)), .answer(nil))
        try await ledger.settle(try await ledger.reserve(for: asking(200)), .doubtful)
        _ = try await ledger.reserve(for: asking(300))
        #expect(ledger.spent.paid == Money(dollars: 0.1) && ledger.spent.inDoubt == Money(dollars: 0.2))
        // What this process, which runs, has set aside is not written off.
        let found = CompletionCache.WriteOff(
            inDoubt: Money(dollars: 0.2), reserved: .zero, underWay: Money(dollars: 0.3), paid: Money(dollars: 0.1))
        #expect(try cache.writeOff(deleting: false) == found)
        #expect(try cache.account().total == Money(dollars: 0.6))
        #expect(try cache.writeOff(deleting: true) == found)
        #expect(try cache.account().total == Money(dollars: 0.4))
    }

    @Test func whatAProcessThatIsGoneSetAsideCanBeWrittenOff() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        let ledger = ledger(cache, budget: 1)
        _ = try await ledger.reserve(for: asking(100))
        let lost = try await ledger.reserve(for: asking(300))
        // As a process that has ended leaves it; from before processes were written down, nothing is known.
        for process in ["gone/1/2", ""] {
            try execute("UPDATE reservation SET process = '\(process)' WHERE id = \(lost.id)", in: folder["c.sqlite"])
            let found = try cache.writeOff(deleting: false)
            #expect(found.reserved == Money(dollars: 0.3) && found.underWay == Money(dollars: 0.1))
        }
        _ = try cache.writeOff(deleting: true)
        #expect(try cache.account().reserved == Money(dollars: 0.1))
    }
}
