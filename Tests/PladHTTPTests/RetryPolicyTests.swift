import PladHTTP
import Testing

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy(attempts: 4, base: .seconds(1), ceiling: .seconds(3))

    private func decide(_ outcome: RetryPolicy.Outcome, attempt: Int = 1, parked: Int = 0, contacted: Bool = true, random: Double = 0.5)
        -> RetryPolicy.Decision
    {
        policy.decide(after: outcome, attempt: attempt, parked: parked, contacted: contacted, random: random)
    }

    private func status(_ status: Int, code: String? = nil, retryAfter: Duration? = nil) -> RetryPolicy.Outcome {
        .fault(ProviderFault(status: status, code: code, message: ""), retryAfter: retryAfter)
    }

    @Test(arguments: [408, 409, 425, 429, 500, 501, 502, 503, 504, 520, 529, 599])
    func passingStatusesAreRetried(code: Int) {
        #expect(decide(status(code)) == .retry(after: .seconds(0.5)))
    }

    @Test(arguments: [301, 302, 307, 400, 401, 402, 403, 404, 405, 413, 418, 422, 451])
    func lastingStatusesAreNot(code: Int) {
        #expect(decide(status(code)) == .giveUp)
    }

    @Test func quotaIsNoThrottle() {
        #expect(decide(status(429, code: "insufficient_quota")) == .giveUp)
        #expect(decide(status(429, code: "rate_limit_exceeded")) == .retry(after: .seconds(0.5)))
    }

    @Test(arguments: [
        (TransportFault.Kind.cut, true), (.timeout, true), (.other, true), (.untrusted, false), (.tooLarge, false), (.stopped, false),
    ])
    func faultsOfTheWireAreRetriedWhereThatMayHelp(kind: TransportFault.Kind, isRetried: Bool) {
        #expect((decide(.transport(TransportFault(kind, ""))) != .giveUp) == isRetried)
    }

    @Test(arguments: [TransportFault.Kind.unresolved, .unconnected])
    func anAddressThatNeverAnsweredIsTakenForWrong(kind: TransportFault.Kind) {
        #expect(decide(.transport(TransportFault(kind, "")), contacted: false) == .giveUp)
        #expect(decide(.transport(TransportFault(kind, "")), contacted: true) == .retry(after: .seconds(0.5)))
    }

    @Test func waitsDoubleUpToTheCeilingTimesTheRandomNumber() {
        #expect(decide(.unreadable(""), attempt: 1, random: 0.999) == .retry(after: .seconds(0.999)))
        #expect(decide(.unreadable(""), attempt: 2, random: 0.5) == .retry(after: .seconds(1)))
        #expect(decide(.unreadable(""), attempt: 3, random: 0.5) == .retry(after: .seconds(1.5)))
        #expect(decide(.unreadable(""), attempt: 3, random: 0) == .retry(after: .zero))
    }

    @Test func theLastAttemptIsTheLast() {
        #expect(decide(.unreadable(""), attempt: 4) == .giveUp)
        #expect(decide(status(429, retryAfter: .seconds(0.5)), attempt: 4) == .giveUp)
    }

    @Test func aWaitThatIsAskedForIsObeyedAndIsNoAttempt() {
        #expect(decide(status(429, retryAfter: .seconds(20)), random: 0) == .park(for: .seconds(20)))
        #expect(decide(status(503, retryAfter: .seconds(20)), attempt: 4, random: 0.5) == .park(for: .seconds(20.5)))
        #expect(decide(status(429, retryAfter: .seconds(1)), attempt: 4, parked: 19) == .park(for: .seconds(1.5)))
        #expect(decide(status(429, retryAfter: .seconds(1)), attempt: 4, parked: 20) == .giveUp)
    }

    @Test func aShortWaitIsAnAttemptAndOneBeyondPatienceTheEnd() {
        #expect(decide(status(429, retryAfter: .zero), random: 0.5) == .retry(after: .seconds(0.5)))
        #expect(decide(status(503, retryAfter: .seconds(86_401))) == .giveUp)
        #expect(decide(status(400, retryAfter: .seconds(1))) == .giveUp)
        #expect(
            RetryPolicy().decide(after: status(429, retryAfter: .seconds(7200)), attempt: 1, contacted: true, random: 0)
                == .park(for: .seconds(7200)))
    }

    @Test func thousandsOfAttemptsDoNotOverflow() {
        let patient = RetryPolicy(attempts: 100_000)
        #expect(patient.decide(after: .unreadable(""), attempt: 99_999, contacted: true, random: 0.5) == .retry(after: .seconds(30)))
    }
}
