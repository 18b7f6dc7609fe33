import PladHTTP
import Testing

/// The rows of the breaker's table.
@Suite struct CircuitBreakerTests {
    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.threshold { breaker.failed(isProbe: false, at: .zero) }
        return breaker
    }

    @Test func twelveFailuresInARowOpenIt() {
        var breaker = CircuitBreaker()
        for number in 1..<12 {
            breaker.failed(isProbe: false, at: .zero)
            #expect(breaker.state == .closed(failures: number))
        }
        #expect(breaker.admit(at: .zero) == .go(isProbe: false))
        breaker.failed(isProbe: false, at: .seconds(5))
        #expect(breaker.state == .open(until: .seconds(6), round: 0))
    }

    @Test func aSuccessCountsFromZero() {
        var breaker = CircuitBreaker()
        for _ in 0..<1000 {
            for _ in 0..<11 { breaker.failed(isProbe: false, at: .zero) }
            breaker.succeeded()
        }
        #expect(breaker.state == .closed(failures: 0))
    }

    @Test func whileOpenNobodyGoesAndThenOne() {
        var breaker = opened()
        #expect(breaker.admit(at: .zero) == .wait(.seconds(1)))
        #expect(breaker.admit(at: .milliseconds(400)) == .wait(.milliseconds(600)))
        breaker.failed(isProbe: false, at: .milliseconds(500))
        #expect(breaker.state == .open(until: .seconds(1), round: 0))
        #expect(breaker.admit(at: .seconds(1)) == .go(isProbe: true))
        #expect(breaker.admit(at: .seconds(1)) == .waitForProbe)
        breaker.failed(isProbe: false, at: .seconds(1))
        #expect(breaker.state == .halfOpen(round: 0))
    }

    @Test func failedProbesDoubleTheWaitUntilItIsDown() {
        var breaker = opened()
        var (now, waits) = (Duration.zero, [Duration]())
        while case .wait(let wait) = breaker.admit(at: now) {
            waits.append(wait)
            now += wait
            #expect(breaker.admit(at: now) == .go(isProbe: true))
            breaker.failed(isProbe: true, at: now)
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        #expect(breaker.admit(at: now + .seconds(3600)) == .down)
        breaker.succeeded()
        #expect(breaker.state == .down)
    }

    @Test func anySuccessClosesIt() {
        var breaker = opened()
        breaker.succeeded()
        #expect(breaker.state == .closed(failures: 0))
        breaker = opened()
        _ = breaker.admit(at: .seconds(1))
        breaker.succeeded()
        #expect(breaker.admit(at: .seconds(1)) == .go(isProbe: false))
    }

    @Test func aProbeThatIsTakenBackLeavesItsPlaceToTheNext() {
        var breaker = opened()
        #expect(breaker.admit(at: .seconds(1)) == .go(isProbe: true))
        breaker.abandoned(isProbe: false, at: .seconds(1))
        #expect(breaker.admit(at: .seconds(1)) == .waitForProbe)
        breaker.abandoned(isProbe: true, at: .seconds(2))
        #expect(breaker.admit(at: .seconds(2)) == .go(isProbe: true))
    }
}
