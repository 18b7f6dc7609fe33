import PladHTTP
import Testing

@Suite struct EndpointStateTests {
    /// A whole window of throttles.
    private func throttle(_ state: inout EndpointState) {
        let cuts = state.cuts
        for _ in 0..<max(8, state.concurrency) { state.throttled(sentAtCut: cuts) }
    }

    @Test func aThrottledWindowTakesThreeTenthsOff() {
        var state = EndpointState(most: 100)
        #expect(state.concurrency == 100)
        for expected in [70, 49, 34, 23, 16, 11, 7, 4, 2, 1, 1] {
            throttle(&state)
            #expect(state.concurrency == expected)
        }
    }

    @Test func whatWasOnTheWireBeforeACutCountsNoMore() {
        var state = EndpointState(most: 100)
        for _ in 0..<500 { state.throttled(sentAtCut: 0) }
        #expect(state.concurrency == 70)
        throttle(&state)
        #expect(state.concurrency == 49)
    }

    @Test func aThrottleNowAndThenChangesNothing() {
        var state = EndpointState(most: 100)
        for number in 0..<10_000 {
            if number.isMultiple(of: 5) { state.throttled(sentAtCut: state.cuts) } else { state.answered() }
        }
        #expect(state.concurrency == 100)
        for number in 0..<100 {
            if number.isMultiple(of: 3) { state.throttled(sentAtCut: state.cuts) } else { state.answered() }
        }
        #expect(state.concurrency == 70)
    }

    @Test func transfersThatBreakOffLowerConcurrencyWithinFewAttempts() {
        var state = EndpointState(most: 64)
        var levels: [Int] = []
        while state.concurrency > 1, levels.count < 10 {
            let cuts = state.cuts
            for _ in 0..<max(4, state.concurrency) { state.brokeOff(sentAtCut: cuts) }
            levels.append(state.concurrency)
        }
        #expect(levels == [16, 4, 1])
    }

    /// A server that does one thing at a time ends the older stream with an error.
    @Test func aStreamThatANewerRequestCancelsCountsAsBroken() {
        var state = EndpointState(most: 16)
        let fault = ProviderFault(status: 500, message: "Request cancelled by newer request")
        let permits = (0..<16).compactMap { _ -> EndpointState.Permit? in
            if case .go(let permit, _) = state.admit(tokens: { 0 }, at: .zero) { permit } else { nil }
        }
        #expect(permits.count == 16)
        for permit in permits { _ = state.refused(permit, .fault(fault, retryAfter: nil), at: .zero) }
        #expect(state.concurrency <= 4)
    }

    @Test func aBreakNowAndThenChangesNothing() {
        var state = EndpointState(most: 100)
        for number in 0..<1000 { if number.isMultiple(of: 5) { state.brokeOff(sentAtCut: state.cuts) } else { state.answered() } }
        #expect(state.concurrency == 100)
    }

    @Test func everyTwentyFiveAnswersAddOneUpToTheMost() {
        var state = EndpointState(most: 10)
        throttle(&state)
        #expect(state.concurrency == 7)
        for _ in 0..<24 { state.answered() }
        #expect(state.concurrency == 7)
        state.answered()
        #expect(state.concurrency == 8)
        for _ in 0..<1000 { state.answered() }
        #expect(state.concurrency == 10)
    }

    @Test func anEndpointThatServesTwentyAtATimeIsFound() {
        // Each round sends what is allowed; all beyond twenty are throttled.
        var state = EndpointState(most: 256)
        var levels: [Int] = []
        for _ in 0..<400 {
            let (level, cuts) = (state.concurrency, state.cuts)
            levels.append(level)
            for place in 0..<level { if place < 20 { state.answered() } else { state.throttled(sentAtCut: cuts) } }
        }
        #expect(levels.suffix(200).allSatisfy { (14...30).contains($0) }, "\(levels)")
    }

    @Test func threePromptsWithoutAnAnswerBetweenMeanThatItIsDown() {
        var state = EndpointState(most: 1)
        for _ in 0..<2 { state.gaveUp() }
        #expect(!state.isDown)
        state.answered()
        for _ in 0..<2 { state.gaveUp() }
        #expect(!state.isDown)
        state.gaveUp()
        #expect(state.isDown)
    }

    @Test func anyResponseIsContact() {
        var state = EndpointState(most: 1)
        #expect(!state.hasContact)
        state.throttled(sentAtCut: 0)
        #expect(state.hasContact)
    }
}
