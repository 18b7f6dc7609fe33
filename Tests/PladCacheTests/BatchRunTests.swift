import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

@Suite struct BatchRunTests {
    private static let url = "http://h/v1/chat/completions"
    private let folder: Folder
    private let cache: CompletionCache

    init() throws {
        folder = try Folder()
        cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
    }

    private func batches(_ service: ScriptedBatches, _ ledger: Ledger? = nil) -> BatchRun {
        BatchRun(
            cache: cache, service: service, dialect: dialect, url: Self.url, waits: (.milliseconds(1), .milliseconds(2)), ledger: ledger)
    }

    private func run(_ service: ScriptedBatches, _ requests: [TeacherRequest], _ ledger: Ledger? = nil) async throws -> [Digest:
        TeacherError]
    {
        try await batches(service, ledger)(requests).failures
    }

    private func requests(_ count: Int) -> [TeacherRequest] { (0..<count).map { request("q\($0)") } }

    private func answered(_ requests: [TeacherRequest]) async throws -> Int {
        var count = 0
        for request in requests where try await cache.find(request) != nil { count += 1 }
        return count
    }

    @Test func everyRowBecomesTheAnswerItWouldHaveBeenAlone() async throws {
        let service = ScriptedBatches()
        #expect(try await run(service, requests(5)).isEmpty)
        for request in requests(5) {
            let row = try #require(try await cache.find(request))
            #expect(String(decoding: row.response, as: UTF8.self).contains("to \(row.key.description.prefix(4))"))
        }
        #expect(try cache.verify().problems == [])
        #expect(try await run(service, requests(5)).isEmpty)
        #expect(service.submitted.count == 1, "what is answered is not submitted again")
        #expect(try cache.submissions().map(\.phase) == [.ended])
    }

    @Test func aLargeNumberIsSplit() async throws {
        let service = ScriptedBatches(most: (rows: 3, bytes: 1_000_000))
        #expect(try await run(service, requests(8) + requests(2)).isEmpty)
        #expect(service.submitted.map(\.count) == [3, 3, 2])
        let byBytes = ScriptedBatches(most: (rows: 100, bytes: 700))
        _ = try await run(byBytes, (10..<14).map { request("q\($0)") })
        #expect(byBytes.submitted.map(\.count) == [2, 2])
    }

    @Test func rowsThatFailAreNamedAndMayBeAskedAgain() async throws {
        let bad = CompletionKey.digest(of: request("q0")), late = CompletionKey.digest(of: request("q1")),
            lost = CompletionKey.digest(of: request("q2"))
        let service = ScriptedBatches(
            ending: "expired",
            result: { row in
                if row.id == bad.description { return .response(status: 400, body: Data(#"{"error":{"message":"too long"}}"#.utf8)) }
                if row.id == late.description { return .untried("batch_expired") }
                return row.id == lost.description ? nil : .response(status: 200, body: Data(chatBody("fine").utf8))
            })
        let failures = try await run(service, requests(5))
        #expect(Set(failures.keys) == [bad, late, lost])
        #expect(failures[bad]?.code == .rejected)
        #expect(failures[late]?.message.contains("batch_expired") == true)
        #expect(failures[lost]?.message.contains("expired") == true)
        #expect(try await answered(requests(5)) == 2)
        _ = try await run(service, requests(5))
        #expect(service.submitted.map(\.count) == [5, 3])
    }

    /// Stops the run at a call, as a kill would, and starts it anew.
    @Test(arguments: ["upload", "submit", "submitted", "state", "results"], [true, false])
    func aRunThatIsKilledAnywhereGoesOn(call: String, keepsNames: Bool) async throws {
        let service = ScriptedBatches(
            keepsNames: keepsNames,
            fault: { name, number in
                if name == call && number == 1 { throw CancellationError() }
            })
        await #expect(throws: CancellationError.self) { try await run(service, requests(4)) }
        #expect(try cache.submissions().count == 1, "it is written down before it is sent")
        #expect(try await run(service, requests(4)).isEmpty)
        #expect(try await answered(requests(4)) == 4)
        #expect(service.submitted.count == 1, "\(service.calls)")
    }

    @Test(arguments: [true, false])
    func aSubmissionWhoseAnswerIsLostIsFoundAgain(keepsNames: Bool) async throws {
        let service = ScriptedBatches(
            keepsNames: keepsNames,
            fault: { name, number in
                if name == "submitted" && number == 1 { throw BatchDoubt(.transport(TransportFault(.cut, "cut"))) }
            })
        #expect(try await run(service, requests(4)).isEmpty)
        #expect(service.submitted.count == 1)
        #expect(service.calls.contains("all"))
    }

    @Test func oneThatNeverArrivedIsSentAgain() async throws {
        let service = ScriptedBatches(fault: { name, number in
            if name == "submit" && number < 3 { throw BatchDoubt(.transport(TransportFault(.cut, "cut"))) }
        })
        #expect(try await run(service, requests(4)).isEmpty)
        #expect(service.submitted.count == 1)
    }

    @Test func aBatchThatIsSomebodyElsesIsLeftAlone() async throws {
        let service = ScriptedBatches(
            keepsNames: false,
            fault: { name, number in
                if name == "submit" && number == 2 { throw BatchDoubt(.transport(TransportFault(.cut, "cut"))) }
            })
        // Another program's batch of as many rows, and a submission of this one's that did not arrive.
        _ = try await service.submit([BatchRow(id: "x", body: "{}"), BatchRow(id: "y", body: "{}")], file: nil, name: "other")
        #expect(try await run(service, requests(2)).isEmpty)
        #expect(try await answered(requests(2)) == 2)
        #expect(service.submitted.count == 2)
        #expect(Set(try cache.submissions().map(\.phase)) == [.foreign, .ended])
    }

    @Test(arguments: ["upload", "submit"], [TeacherError.Code.overQuota, .unknownModel, .exhausted])
    func aRefusedBatchLeavesNothingBehind(call: String, code: TeacherError.Code) async throws {
        let service = ScriptedBatches(fault: { name, _ in
            if name == call { throw TeacherError(code, "no") }
        })
        await #expect(throws: TeacherError.self) { try await run(service, requests(2), ledger(budget: 1)) }
        #expect(try cache.submissions().isEmpty && cache.account().total == .zero)
        #expect(try cache.openBatch(holding: requests(1)[0]) == nil)
    }

    @Test func aBatchThatFailsAsAWholeFailsItsRows() async throws {
        let service = ScriptedBatches(ending: "failed", result: { _ in nil })
        #expect(try await run(service, requests(3)).count == 3)
        #expect(try cache.submissions().map(\.status) == ["failed"])
    }

    // MARK: Money

    /// A tenth of a cent a token: an answer costs 3 of them, and may cost 100.
    private func ledger(budget: Double?) -> Ledger {
        Ledger(cache, teacher: "t", model: "m", price: Price(input: 0, output: 1000), budget: budget.map(Money.init(dollars:)))
    }

    private func asked(_ numbers: Range<Int>) -> [TeacherRequest] {
        numbers.map { request("q\($0)", SamplingParameters(maxTokens: 100)) }
    }

    @Test func onlyWhatTheBudgetHoldsIsSubmitted() async throws {
        let service = ScriptedBatches()
        let failures = try await run(service, asked(0..<5), ledger(budget: 0.25))
        #expect(service.submitted.map(\.count) == [2])
        #expect(failures.count == 3 && failures.values.allSatisfy { $0.code == .overBudget })
        let account = try cache.account()
        #expect(account.total == Money(dollars: 0.006) && account.paid == account.total)
        // What the first did not use is free again.
        #expect(try await run(service, asked(0..<5), ledger(budget: 0.25)).count == 1)
        #expect(service.submitted.map(\.count) == [2, 2])
    }

    @Test func aRequestThatMayCostAnythingIsInNoBudget() async throws {
        let boundless = OpenAIChatDialect(model: "m", extra: ["max_tokens": .null])
        let request = boundless.request(teacher: "t", path: path, asking: question("q"), SamplingParameters(), sample: 0)
        #expect(try await run(ScriptedBatches(), [request], ledger(budget: 1)).values.map(\.code) == [.overBudget])
    }

    @Test(arguments: ["upload", "submit", "submitted", "state", "results"])
    func whereverARunIsKilledABatchIsPaidForOnce(call: String) async throws {
        let service = ScriptedBatches(fault: { name, number in
            if name == call && number == 1 { throw CancellationError() }
        })
        await #expect(throws: CancellationError.self) { try await run(service, asked(0..<4), ledger(budget: 1)) }
        #expect(try cache.account().inBatches == Money(dollars: 0.4), "it is set aside before anything is sent")
        #expect(try cache.account().paid == .zero)
        // A write-off is for what is lost, and this is not.
        #expect(try cache.writeOff(deleting: true).reserved == .zero)
        #expect(try cache.account().inBatches == Money(dollars: 0.4))
        // Whoever comes by later need not know the price.
        #expect(try await run(service, asked(0..<4)).isEmpty)
        #expect(try cache.account().paid == Money(dollars: 0.012) && cache.account().inBatches == .zero)
    }

    @Test(arguments: [true, false]) func twoProcessesThatWaitForABatchPayForItOnce(keepsNames: Bool) async throws {
        let service = ScriptedBatches(
            keepsNames: keepsNames, fetchers: 2,
            fault: { name, number in
                if name == "state" && number == 1 { throw CancellationError() }
            })
        await #expect(throws: CancellationError.self) { try await run(service, asked(0..<4), ledger(budget: nil)) }
        async let one = batches(service)(asked(0..<4))
        async let other = batches(service)(asked(0..<4))
        let paid = try await [one.paid, other.paid].compactMap { $0 }
        #expect(paid == [Money(dollars: 0.012)])
        #expect(try service.submitted.count == 1 && cache.submissions().map(\.phase) == [.ended])
        #expect(try cache.account().paid == Money(dollars: 0.012))
    }

    @Test func rowsWithoutAnAnswerCostNothing() async throws {
        let service = ScriptedBatches(ending: "failed", result: { _ in nil })
        #expect(try await run(service, asked(0..<3), ledger(budget: 1)).count == 3)
        #expect(try cache.account().total == .zero)
    }

    @Test func aRowThatCannotBeReadStaysInDoubt() async throws {
        let bad = CompletionKey.digest(of: asked(0..<1)[0]).description
        let service = ScriptedBatches(result: { .response(status: 200, body: Data(($0.id == bad ? "{}" : chatBody("fine")).utf8)) })
        let outcome = try await batches(service, ledger(budget: 1))(asked(0..<3))
        #expect(outcome.failures.count == 1 && outcome.inDoubt == Money(dollars: 0.1))
        let account = try cache.account()
        #expect(account.paid == Money(dollars: 0.006) && account.inDoubt == Money(dollars: 0.1) && account.inBatches == .zero)
    }

    @Test func aBatchOfUnknownPriceIsPaidForAtTheOneThatIsKnownInTheEnd() async throws {
        let service = ScriptedBatches(fault: { name, number in
            if name == "state" && number == 1 { throw CancellationError() }
        })
        await #expect(throws: CancellationError.self) { try await run(service, asked(0..<4)) }
        #expect(try await batches(service, ledger(budget: 1))(asked(0..<4)).paid == Money(dollars: 0.012))
        #expect(try cache.account().paid == Money(dollars: 0.012))
    }

    @Test func anAnswerIsPaidForWhereWhatWasSetAsideIsLost() async throws {
        let service = try await leaveOpen(asked(0..<4))
        try execute("DELETE FROM reservation", in: cache.file)
        #expect(try await run(service, asked(0..<4)).isEmpty)
        #expect(try cache.account().paid == Money(dollars: 0.012))
    }

    // MARK: Open batches

    /// A batch of the first requests that is sent and not over.
    private func leaveOpen(_ requests: [TeacherRequest], polls: Int = 2) async throws -> ScriptedBatches {
        let service = ScriptedBatches(
            polls: polls,
            fault: { name, number in
                if name == "state" && number == 1 { throw CancellationError() }
            })
        await #expect(throws: CancellationError.self) { try await run(service, requests, ledger(budget: nil)) }
        return service
    }

    @Test func onlyBatchesWithQuestionsOfTheRunAreWaitedFor() async throws {
        let service = try await leaveOpen(asked(0..<2))
        #expect(try await run(service, asked(2..<5)).isEmpty)
        #expect(try cache.submissions().map(\.phase) == [.sent, .ended])
        #expect(try await run(service, asked(1..<3)).isEmpty)
        #expect(try cache.submissions().map(\.phase) == [.ended, .ended])
        #expect(service.submitted.map(\.count) == [2, 3])
    }

    @Test func aQuestionInAnOpenBatchIsNotAskedAlone() async throws {
        let service = try await leaveOpen(asked(0..<2))
        let teacher = ScriptedTeacher { _, _ in chatBody("alone") }
        let parameters = SamplingParameters(maxTokens: 100)
        let error = try await #require(throws: TeacherError.self) {
            try await cached(cache, .record(teacher)).completion(of: question("q1"), parameters)
        }
        #expect(error.code == .inBatch && error.message.contains("b0") && !error.endsRun)
        #expect(try await cached(cache, .record(teacher)).completion(of: question("q2"), parameters).completion.text == "alone")
        // Nor to refresh it: the batch is paid for, and newer than what is kept.
        let refreshed = try await #require(throws: TeacherError.self) {
            try await cached(cache, .refresh(teacher)).completion(of: question("q1"), parameters)
        }
        #expect(refreshed.code == .inBatch && teacher.requests.count == 1)
        _ = service
    }

    @Test func aCancelledBatchIsPaidForAsFarAsItGot() async throws {
        let service = try await leaveOpen(asked(0..<4), polls: 1000)
        let outcome = try await batches(service).cancel(try #require(try cache.submissions().first))
        #expect(outcome.answered.count == 4 && outcome.paid == Money(dollars: 0.012))
        #expect(try cache.submissions().map(\.isOpen) == [false])
        #expect(try cache.account().total == Money(dollars: 0.012))
    }

    @Test func aBatchThatNeverReachedTheProviderIsTakenBack() async throws {
        let service = ScriptedBatches(fault: { name, _ in
            if name == "upload" { throw CancellationError() }
        })
        await #expect(throws: CancellationError.self) { try await run(service, asked(0..<4), ledger(budget: 1)) }
        _ = try await batches(service).cancel(try #require(try cache.submissions().first))
        #expect(try cache.submissions().isEmpty && cache.account().total == .zero)
        #expect(try cache.openBatch(holding: asked(0..<1)[0]) == nil)
    }

    @Test func aForgottenBatchIsInDoubt() async throws {
        _ = try await leaveOpen(asked(0..<4))
        try await cache.forget(try #require(try cache.submissions().first))
        let account = try cache.account()
        #expect(account.inDoubt == Money(dollars: 0.4) && account.inBatches == .zero)
        #expect(try cache.openBatch(holding: asked(0..<1)[0]) == nil)
    }
}
