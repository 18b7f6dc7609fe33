import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher
import Testing

/// Whose a batch is: another process's, another person's, nobody's any more.
@Suite struct BatchOwnershipTests {
    private static let url = "http://h/v1/chat/completions"
    private let folder: Folder
    private let cache: CompletionCache

    init() throws {
        folder = try Folder()
        cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
    }

    private func batches(_ service: ScriptedBatches, onProgress: @escaping @Sendable (BatchRun.Progress) -> Void = { _ in }) -> BatchRun {
        let ledger = Ledger(cache, teacher: "t", model: "m", price: Price(input: 0, output: 1000), budget: Money(dollars: 1))
        return BatchRun(
            cache: cache, service: service, dialect: dialect, url: Self.url, waits: (.milliseconds(1), .milliseconds(2)), ledger: ledger,
            onProgress: onProgress)
    }

    private func requests(_ count: Int) -> [TeacherRequest] {
        (0..<count).map { request("q\($0)", SamplingParameters(maxTokens: 100)) }
    }

    /// A provider of batches without names that has a stranger's, of two rows. The first of each of these calls fails as a
    /// kill does.
    private func crowded(killedAt calls: [String], polls: Int) async throws -> ScriptedBatches {
        let service = ScriptedBatches(
            keepsNames: false, polls: polls,
            fault: { name, number in
                if calls.contains(name), number == 1 { throw CancellationError() }
            })
        _ = try await service.submit([BatchRow(id: "x", body: "{}"), BatchRow(id: "y", body: "{}")], file: nil, name: "stranger's")
        return service
    }

    private var open: Submission { get throws { try #require(try cache.submissions().first(where: \.isOpen)) } }

    private func isRefused(_ service: ScriptedBatches) async throws {
        let error = try await #require(throws: TeacherError.self) { try await batches(service).cancel(open) }
        #expect(error.code == .inBatch && error.message.contains("b0") && error.message.contains("`CompletionCache.forget`"))
        #expect(!service.calls.contains("cancel"))
        #expect(try cache.openBatch(holding: requests(1)[0]) != nil && cache.account().inBatches == Money(dollars: 0.2))
    }

    @Test func aBatchThatMayBeAStrangersIsNotStopped() async throws {
        let service = try await crowded(killedAt: ["upload", "state"], polls: 1000)
        await #expect(throws: CancellationError.self) { try await batches(service)(requests(2)) }
        #expect(try open.phase == .intended)
        await #expect(throws: CancellationError.self) { try await batches(service)(requests(2)) }
        #expect(try open.phase == .guessed, "the run took the stranger's for its own")
        try await isRefused(service)
    }

    @Test func oneThatWasNeverSentIsNoReasonToStopAStrangers() async throws {
        let service = try await crowded(killedAt: ["upload"], polls: 1000)
        await #expect(throws: CancellationError.self) { try await batches(service)(requests(2)) }
        try await isRefused(service)
        #expect(try open.phase == .intended)
    }

    @Test func aStrangersBatchThatIsOverIsToldByItsResults() async throws {
        let service = try await crowded(killedAt: ["upload"], polls: 0)
        await #expect(throws: CancellationError.self) { try await batches(service)(requests(2)) }
        #expect(try await batches(service).cancel(open).answered.isEmpty)
        #expect(try cache.submissions().map(\.phase) == [.foreign])
        #expect(try cache.openBatch(holding: requests(1)[0]) == nil && cache.account().total == .zero)
    }

    @Test func aBatchThatMayBeUnderWayIsNotTakenBack() async throws {
        let service = ScriptedBatches(fault: { name, number in
            if name == "submit" {
                throw number == 1 ? BatchDoubt(.transport(TransportFault(.cut, "cut"))) : TeacherError(.keyRefused, "no") as any Error
            }
        })
        let error = try await #require(throws: TeacherError.self) { try await batches(service)(requests(2)) }
        let left = try open
        #expect(error.code == .keyRefused && error.message.contains("`BatchRun.cancel` \(left.id)"))
        #expect(try cache.account().inBatches == Money(dollars: 0.2))
    }

    @Test func anErrorTakesBackWhatWasStillToBeSent() async throws {
        let service = ScriptedBatches(
            most: (rows: 1, bytes: 1_000_000),
            fault: { name, number in
                if name == "submit", number == 2 { throw TeacherError(.overQuota, "no") }
            })
        await #expect(throws: TeacherError.self) { try await batches(service)(requests(4)) }
        #expect(try cache.submissions().map(\.phase) == [.sent])
        #expect(try cache.openBatch(holding: requests(4)[3]) == nil && cache.account().inBatches == Money(dollars: 0.1))
    }

    /// Leaves a batch that a killed process was about to send.
    private func leaveUnsent() async throws {
        let killed = ScriptedBatches(fault: { name, _ in
            if name == "upload" { throw CancellationError() }
        })
        await #expect(throws: CancellationError.self) { try await batches(killed)(requests(2)) }
    }

    private func give(_ process: String) throws { try execute("UPDATE batch SET process = '\(process)'", in: cache.file) }

    @Test func whatAnotherProcessIsSendingIsWaitedFor() async throws {
        try await leaveUnsent()
        // The parent of this process lives as long as the test.
        try give(try #require(ProcessIdentity.name(of: getppid())))
        let (service, told) = (ScriptedBatches(), Locked<[String]>([]))
        let run = batches(service) { progress in told.withLock { $0.append(progress.status) } }
        let waiting = Task { try await run(requests(2)) }
        while told.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(1)) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(told.withLock { $0[0] } == "waiting for process \(getppid()), which submits it")
        #expect(service.calls.isEmpty)
        #expect(try open.sender == getppid())
    }

    @Test func ofTwoProcessesThatCarryADeadOnesBatchOnOneSendsIt() async throws {
        let file = cache.file
        let other = try #require(ProcessIdentity.name(of: getppid()))
        let service = ScriptedBatches(
            most: (rows: 1, bytes: 1_000_000), polls: 1000,
            fault: { name, number in
                if name == "upload", number == 2 { throw CancellationError() }
                // Between the look at the open batches and the second one's turn, the other process was faster.
                if name == "state", number == 2 { try execute("UPDATE batch SET process = '\(other)' WHERE phase = 'intended'", in: file) }
                if name == "state", number == 4 { throw CancellationError() }
            })
        await #expect(throws: CancellationError.self) { try await batches(service)(requests(2)) }
        try give("gone/1/1")
        await #expect(throws: CancellationError.self) { try await batches(service)(requests(2)) }
        #expect(service.submitted.count == 1)
        #expect(try cache.submissions().map(\.phase) == [.sent, .intended])
    }

    @Test func aProcessThatHasAnothersNumberIsNotWaitedFor() async throws {
        try await leaveUnsent()
        let parent = try #require(ProcessIdentity.name(of: getppid())).split(separator: "/")
        try give("\(parent[0])/another start/\(parent.last ?? "")")
        let service = ScriptedBatches()
        #expect(try await batches(service)(requests(2)).failures.isEmpty)
        #expect(service.submitted.count == 1)
    }

    @Test func aForgottenBatchDoesNotComeBack() async throws {
        let file = cache.file
        let service = ScriptedBatches(fault: { name, number in
            if name == "submitted", number == 1 {
                try execute("UPDATE batch SET phase = 'ended'; DELETE FROM batch_row; DELETE FROM reservation", in: file)
            }
        })
        _ = try await batches(service)(requests(2))
        #expect(try cache.submissions().map(\.phase) == [.ended])
    }

    @Test func aBatchWithoutQuestionsEnds() async throws {
        let service = ScriptedBatches(fault: { name, number in
            if name == "state", number == 1 { throw CancellationError() }
        })
        await #expect(throws: CancellationError.self) { try await batches(service)(requests(2)) }
        try execute("DELETE FROM batch_row", in: cache.file)
        _ = try await batches(service).cancel(open)
        #expect(try cache.submissions().map(\.phase) == [.ended])
    }
}
