import PladTeacher
import Testing

@Suite struct TrafficTests {
    @Test func aThrottleTakesThreeTenthsOff() {
        var traffic = Traffic(most: 100)
        #expect(traffic.concurrency == 100)
        for expected in [70, 49, 34, 23, 16, 11, 7, 4, 2, 1, 1] {
            traffic.throttled(sentAtCut: traffic.cuts)
            #expect(traffic.concurrency == expected)
        }
    }

    @Test func aBurstOfThrottlesCountsOnce() {
        var traffic = Traffic(most: 100)
        for _ in 0..<50 { traffic.throttled(sentAtCut: 0) }
        #expect(traffic.concurrency == 70)
        traffic.throttled(sentAtCut: 1)
        #expect(traffic.concurrency == 49)
    }

    @Test func everyTwentyFiveAnswersInARowAddOneUpToTheMost() {
        var traffic = Traffic(most: 10)
        traffic.throttled(sentAtCut: 0)
        #expect(traffic.concurrency == 7)
        for _ in 0..<24 { traffic.answered() }
        #expect(traffic.concurrency == 7)
        traffic.answered()
        #expect(traffic.concurrency == 8)
        for _ in 0..<1000 { traffic.answered() }
        #expect(traffic.concurrency == 10)
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
