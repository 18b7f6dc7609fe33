import PladRecords
import PladStudent
import PladTestSupport
import Testing

/// The order in which samples that wait get slots, and that it takes no longer where many wait.
@Suite struct WaitingRequestsTests {
    private func request(_ number: Int, asker: Int, samples: Int = 1) -> DecodingRequest {
        let streams = (0..<samples).map { SeededGenerator(seed: 1, String($0)) }
        return DecodingRequest(
            number: number, request: DecodeRequest(prompt: [1], parameters: SamplingParameters(), streams: streams, asker: asker))
    }

    /// The numbers of the requests that begin, if all askers have the same rank.
    private func order(_ waiting: inout WaitingRequests) -> [Int] {
        var order: [Int] = []
        while let next = waiting.next({ _ in (0, 0) }) {
            order.append(next.number)
            waiting.begin(next)
        }
        return order
    }

    @Test func theOldestOfTheLowestRankComesNext() {
        var waiting = WaitingRequests()
        for (number, asker) in [7, 7, 8, 9, 8].enumerated() { waiting.append(request(number, asker: asker)) }
        #expect(waiting.next { $0 == 8 ? (0, 5) : (1, 0) }?.number == 2)
        #expect(waiting.next { ($0 == 9 ? 0 : 1, 0) }?.number == 3)
        #expect(order(&waiting) == [0, 1, 2, 3, 4])
        #expect(waiting.isEmpty && waiting.next { _ in (0, 0) } == nil)
    }

    @Test func whatIsCancelledDoesNotComeAndWhatHasSamplesComesAgain() {
        var waiting = WaitingRequests()
        for (number, samples) in [2, 1, 3, 0].enumerated() { waiting.append(request(number, asker: 1, samples: samples)) }
        #expect(waiting.count == 3)
        waiting.cancel(1)
        waiting.cancel(1)
        waiting.cancel(5)
        #expect(order(&waiting) == [0, 0, 2, 2, 2] && waiting.count == 0)
    }

    /// A thousand askers with a hundred thousand requests that leave, as in an attack: each takes as long as one among few.
    @Test func manyThatWaitTakeNoLongerEach() {
        var waiting = WaitingRequests()
        let seconds = processorSeconds {
            for number in 0..<100_000 { waiting.append(request(number, asker: number / 100)) }
            for number in 0..<90_000 { waiting.cancel(number) }
            #expect(order(&waiting) == Array(90_000..<100_000))
        }
        #expect(seconds < 10)
        #expect(waiting.isEmpty)
    }
}
