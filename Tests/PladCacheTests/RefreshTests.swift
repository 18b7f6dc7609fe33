import Foundation
import PladCache
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// Asking again costs once: whatever interrupts it, and whatever lies in a batch.
@Suite struct RefreshTests {
    private struct Interruption: Error {}

    private func refreshing(_ cache: CompletionCache, _ teacher: ScriptedTeacher, run: String?) -> CachedTeacher {
        CachedTeacher(cache: cache, dialect: dialect, teacher: "t", path: path, mode: .refresh(teacher), run: run)
    }

    private func ask(_ teacher: CachedTeacher, _ text: String) async throws -> SourcedCompletion {
        try await teacher.completion(of: question(text), SamplingParameters())
    }

    @Test func aSecondStartGoesOnAndTheOldAnswerStaysUntilTheNewOneIsThere() async throws {
        let folder = try Folder()
        var cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        for text in ["a", "b"] { _ = try await cache.store(stored(request(text), "old")) }
        let first = ScriptedTeacher { number, _ in
            if number == 1 { throw Interruption() }
            return chatBody("new")
        }
        let teacher = refreshing(cache, first, run: "run")
        #expect(try await ask(teacher, "a").completion.text == "new")
        await #expect(throws: Interruption.self) { try await ask(teacher, "b") }
        #expect(try await ask(cached(cache, .replay), "b").completion.text == "old")
        try cache.close()

        cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        let second = ScriptedTeacher { _, _ in chatBody("newer") }
        let again = refreshing(cache, second, run: "run")
        let kept = try await ask(again, "a")
        #expect(kept.completion.text == "new" && kept.fromCache)
        #expect(try await ask(again, "b").completion.text == "newer")
        #expect(second.requests == [request("b")], "what the first start paid for is not asked again")
        #expect(try await ask(again, "b").fromCache)

        // Another run asks for all of it once more.
        #expect(try await ask(refreshing(cache, second, run: "other"), "a").completion.text == "newer")
        #expect(try await ask(refreshing(cache, second, run: nil), "a").fromCache == false)
    }

    @Test func severalSamplesAreRefreshedOnce() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let script = ScriptedTeacher { number, _ in chatBody("\(number)") }
        for _ in 0..<2 {
            let answers = await refreshing(cache, script, run: "run").completions(of: question("a"), SamplingParameters(), samples: 0..<3)
            #expect(answers.count == 3 && answers.allSatisfy { (try? $0.get()) != nil })
        }
        #expect(script.requests.count == 3)
    }

    @Test func whatLiesInAnOpenBatchIsNotAskedBesideIt() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let service = ScriptedBatches(fault: { call, _ in if call == "state" { throw TeacherError(.exhausted, "later") } })
        let batches = BatchRun(cache: cache, service: service, dialect: dialect, url: "http://h", waits: (.zero, .zero))
        await #expect(throws: TeacherError.self) { _ = try await batches([request("a")]) }
        let script = ScriptedTeacher { _, _ in chatBody("x") }
        let error = await #expect(throws: TeacherError.self) { _ = try await ask(refreshing(cache, script, run: "run"), "a") }
        #expect(error?.code == .inBatch && script.requests.isEmpty)
    }
}

/// What a run costs is what all of its starts have paid.
@Suite struct RunCostTests {
    private let price = Price(input: 0, output: 1000)

    private func teacher(_ cache: CompletionCache, _ script: any Teacher, run: String) -> CachedTeacher {
        let ledger = Ledger(cache, teacher: "t", model: "m", price: price, budget: nil)
        return CachedTeacher(cache: cache, dialect: dialect, teacher: "t", path: path, mode: .record(script), ledger: ledger, run: run)
    }

    @Test func aKilledStartCounts() async throws {
        let folder = try Folder()
        let file = folder["c.sqlite"]
        do {
            let cache = try CompletionCache(opening: file, for: .writing)
            let ledger = Ledger(cache, teacher: "t", model: "m", price: price, budget: nil)
            cache.begin("run")
            let answered = try await ledger.reserve(for: request("a", SamplingParameters(maxTokens: 100)))
            try await ledger.settle(answered, .answer(Usage(promptTokens: 1, completionTokens: 40)))
            _ = try await ledger.reserve(for: request("b", SamplingParameters(maxTokens: 100)))
            // Still under way: no cost yet.
            #expect(try cache.cost(of: "run") == RunCost(paid: Money(dollars: 0.04)))
            try cache.close()
        }
        try execute("UPDATE reservation SET process = 'gone/1/1'", in: file)
        let cache = try CompletionCache(opening: file, for: .writing)
        #expect(try cache.cost(of: "run") == RunCost(paid: Money(dollars: 0.04), inDoubt: Money(dollars: 0.1)))
        let script = ScriptedTeacher { _, _ in chatBody("x") }
        let spent = await teacher(cache, script, run: "run").spent()
        #expect(spent.paid == .zero && spent.ofRun == RunCost(paid: Money(dollars: 0.04), inDoubt: Money(dollars: 0.1)))
        #expect(try cache.cost(of: "other") == RunCost())
        let copy = try CompletionCache(opening: folder["d.sqlite"], for: .writing)
        try copy.merge(cache)
        #expect(try copy.cost(of: "run").paid == Money(dollars: 0.04))
    }

    @Test func everyRequestIsOnTheAccountBeforeItIsSentAlsoWithoutABudget() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let ledger = Ledger(cache, teacher: "t", model: "m", price: price, budget: nil)
        for number in 1...20 {
            // Whoever is killed here has sent the request and settled nothing.
            let set = try await ledger.reserve(for: request("\(number)", SamplingParameters(maxTokens: 100)))
            #expect(try cache.account().total == Money(nanodollars: Int64(number) * 100_000_000) && set.most == Money(dollars: 0.1))
        }
    }
}
