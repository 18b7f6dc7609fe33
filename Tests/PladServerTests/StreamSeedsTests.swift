import PladRecords
import PladServer
import Testing

struct StreamSeedsTests {
    private func request(_ prompt: [TokenID], seed: UInt64? = nil, samples: Int = 2) -> GenerationRequest {
        GenerationRequest(prompt: prompt, parameters: SamplingParameters(seed: seed), samples: samples)
    }

    @Test func seedAloneDecides() {
        let seeds = StreamSeeds()
        let first = seeds.streams(for: request([1, 2], seed: 7))
        #expect(seeds.streams(for: request([1, 2], seed: 7)) == first)
        #expect(seeds.streams(for: request([1, 2], seed: 8)) != first)
        #expect(seeds.streams(for: request([1, 2], seed: 7, samples: 3)).prefix(2) == first[...])
        #expect(first[0] != first[1])
    }

    @Test func withoutSeedOtherPromptsChangeNothing() {
        let (quiet, busy) = (StreamSeeds(), StreamSeeds())
        _ = busy.streams(for: request([9]))
        let first = quiet.streams(for: request([1]))
        #expect(busy.streams(for: request([1])) == first)
        _ = busy.streams(for: request([9]))
        let second = quiet.streams(for: request([1]))
        #expect(busy.streams(for: request([1])) == second)
        #expect(first != second)
    }

    @Test func memoryIsBounded() {
        let seeds = StreamSeeds(capacity: 2)
        let first = seeds.streams(for: request([1]))
        _ = seeds.streams(for: request([2]))
        #expect(seeds.streams(for: request([1])) != first)
        _ = seeds.streams(for: request([3]))
        #expect(seeds.streams(for: request([1])) == first)
    }
}
