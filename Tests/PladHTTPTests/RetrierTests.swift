import Foundation
import PladHTTP
import PladRecords
import PladTestSupport
import Testing

@Suite struct RetrierTests {
    private let clock = InstantClock()
    private let cut = RetryPolicy.Outcome.transport(TransportFault(.cut, "cut"))

    private func retrier(_ attempts: Int) -> Retrier {
        Retrier(RetryPolicy(attempts: attempts, base: .seconds(1)), clock: clock, random: { 0.5 })
    }

    private func busy(_ wait: Duration) -> RetryPolicy.Outcome {
        .fault(ProviderFault(status: 429, reading: Data()), retryAfter: wait)
    }

    @Test func attemptsAreCountedAndWaitedForAsThePolicySays() async throws {
        var retrier = retrier(3)
        #expect(try await retrier.goOn(after: cut, contacted: true) && retrier.attempt == 2)
        #expect(try await retrier.goOn(after: cut, contacted: true) && retrier.attempt == 3)
        #expect(try await !retrier.goOn(after: cut, contacted: true) && retrier.attempt == 3)
        #expect(retrier.isExhausted(cut))
        #expect(clock.sleeps == [.milliseconds(500), .seconds(1)])
    }

    @Test func aParkedWaitIsNoAttemptOfThePolicys() async throws {
        var retrier = retrier(2)
        for _ in 0..<5 { #expect(try await retrier.goOn(after: busy(.seconds(2)), contacted: true)) }
        #expect(retrier.attempt == 6 && !retrier.isExhausted(cut))
        #expect(try await retrier.goOn(after: cut, contacted: true))
        #expect(try await !retrier.goOn(after: cut, contacted: true))
        #expect(clock.sleeps.prefix(5) == Array(repeating: .milliseconds(2500), count: 5)[...])
    }

    @Test func whatIsFinalIsGivenUpAtOnce() async throws {
        var retrier = retrier(8)
        #expect(try await !retrier.goOn(after: .transport(TransportFault(.untrusted, "no")), contacted: true))
        #expect(try await !retrier.goOn(after: .transport(TransportFault(.unconnected, "no")), contacted: false))
        #expect(clock.sleeps.isEmpty && retrier.attempt == 1)
    }

    @Test func progressBeginsAnewAndAChangedRequestWaitsForNothing() async throws {
        var retrier = retrier(2)
        #expect(retrier.goOnAtOnce() && !retrier.goOnAtOnce())
        retrier.begin()
        #expect(try await retrier.goOn(after: cut, contacted: true) && retrier.attempt == 2)
        #expect(clock.sleeps.count == 1)
    }
}
