import PladHTTP
import Testing

@Suite struct TrafficTests {
    /// A whole window of throttles.
    private func throttle(_ traffic: inout Traffic) {
        let cuts = traffic.cuts
        for _ in 0..<max(8, traffic.concurrency) { traffic.throttled(sentAtCut: cuts) }
    }

    @Test func aThrottledWindowTakesThreeTenthsOff() {
        var traffic = Traffic(most: 100)
        #expect(traffic.concurrency == 100)
        for expected in [70, 49, 34, 23, 16, 11, 7, 4, 2, 1, 1] {
            throttle(&traffic)
            #expect(traffic.concurrency == expected)
        }
    }

    @Test func whatWasOnTheWireBeforeACutCountsNoMore() {
        var traffic = Traffic(most: 100)
        for _ in 0..<500 { traffic.throttled(sentAtCut: 0) }
        #expect(traffic.concurrency == 70)
        throttle(&traffic)
        #expect(traffic.concurrency == 49)
    }

    @Test func aThrottleNowAndThenChangesNothing() {
        var traffic = Traffic(most: 100)
        for number in 0..<10_000 {
            if number.isMultiple(of: 5) { traffic.throttled(sentAtCut: traffic.cuts) } else { traffic.answered() }
        }
        #expect(traffic.concurrency == 100)
        for number in 0..<100 {
            if number.isMultiple(of: 3) { traffic.throttled(sentAtCut: traffic.cuts) } else { traffic.answered() }
        }
        #expect(traffic.concurrency == 70)
    }

    @Test func everyTwentyFiveAnswersAddOneUpToTheMost() {
        var traffic = Traffic(most: 10)
        throttle(&traffic)
        #expect(traffic.concurrency == 7)
        for _ in 0..<24 { traffic.answered() }
        #expect(traffic.concurrency == 7)
        traffic.answered()
        #expect(traffic.concurrency == 8)
        for _ in 0..<1000 { traffic.answered() }
        #expect(traffic.concurrency == 10)
    }

    @Test func anEndpointThatServesTwentyAtATimeIsFound() {
        // Each round sends what is allowed; all beyond twenty are throttled.
        var traffic = Traffic(most: 256)
        var levels: [Int] = []
        for _ in 0..<400 {
            let (level, cuts) = (traffic.concurrency, traffic.cuts)
            levels.append(level)
            for place in 0..<level { if place < 20 { traffic.answered() } else { traffic.throttled(sentAtCut: cuts) } }
        }
        #expect(levels.suffix(200).allSatisfy { (14...30).contains($0) }, "\(levels)")
    }

    @Test func threePromptsWithoutAnAnswerBetweenMeanThatItIsDown() {
        var traffic = Traffic(most: 1)
        for _ in 0..<2 { traffic.gaveUp() }
        #expect(!traffic.isDown)
        traffic.answered()
        for _ in 0..<2 { traffic.gaveUp() }
        #expect(!traffic.isDown)
        traffic.gaveUp()
        #expect(traffic.isDown)
    }

    @Test func anyResponseIsContact() {
        var traffic = Traffic(most: 1)
        #expect(!traffic.hasContact)
        traffic.throttled(sentAtCut: 0)
        #expect(traffic.hasContact)
    }
}
