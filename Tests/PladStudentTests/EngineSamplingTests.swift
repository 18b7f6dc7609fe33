import Foundation
import PladRecords
import PladStudent
import PladTensor
import Testing

@Suite struct EngineSamplingTests {
    private func streams(_ count: Int, _ name: String = "p") -> [SeededGenerator] {
        (0..<count).map { SeededGenerator(seed: 7, "sample", name, String($0)) }
    }

    private let warm = SamplingParameters(temperature: 0.9, topK: 40, topP: 0.95, maxTokens: 12)

    /// Different lengths, so that slots are refilled at different times.
    private func requests(_ golden: Golden) -> [DecodeRequest] {
        (0..<16).map { number in
            var parameters = warm
            parameters.maxTokens = 3 + number
            let prompt = golden.pairs[number % 4].promptIds.prefix(5 + number)
            return DecodeRequest(prompt: Array(prompt), parameters: parameters, streams: streams(1 + number % 3, "\(number)"))
        }
    }

    @Test(arguments: Golden.names)
    func greedyEqualsTheReference(_ name: String) throws {
        let golden = try Golden.load(name)
        let student = try Golden.student(name)
        let decoder = BatchDecoder(student: student, slots: 2)
        for greedy in golden.greedy {
            _ = try decoder.submit(
                DecodeRequest(
                    prompt: greedy.promptIds, parameters: SamplingParameters(temperature: 0, maxTokens: 24), streams: streams(1)))
        }
        var ids = golden.greedy.map { _ in [Int32]() }
        while !decoder.isIdle {
            for event in try decoder.step() { ids[event.request].append(event.token!) }
        }
        var compared = 0
        for (greedy, ids) in zip(golden.greedy, ids) {
            // The reference went on behind the end of sequence; a step whose two best logits are nearly equal may go either way.
            let end = greedy.newIds.firstIndex(where: student.endOfSequence.contains).map { $0 + 1 } ?? 24
            let sure = min(end, greedy.top2Gaps.firstIndex { $0 < 1e-3 } ?? 24)
            compared += sure
            #expect(ids.prefix(sure) == greedy.newIds.prefix(sure))
            if sure == end { #expect(ids.count == end) }
        }
        #expect(compared > 2)
    }

    /// One who asks for much and came first has every slot; the next that falls free is for whoever came since.
    @Test func slotsAreGivenInTurns() throws {
        let (golden, student) = (try Golden.load("llama-gqa-tied"), try Golden.student("llama-gqa-tied"))
        let decoder = BatchDecoder(student: student, slots: 4)
        func request(_ samples: Int, _ asker: Int) -> DecodeRequest {
            var parameters = warm
            parameters.maxTokens = 3
            return DecodeRequest(
                prompt: golden.pairs[0].promptIds, parameters: parameters, streams: streams(samples, "\(asker)"), asker: asker)
        }
        let greedy = try (0..<20).map { _ in try decoder.submit(request(5, 1)) }
        var events = try decoder.step()
        let modest = try decoder.submit(request(2, 2))
        let third = try decoder.submit(request(1, 3))
        while !decoder.isIdle { events += try decoder.step() }
        // The order in which samples began.
        var begun: [(request: Int, sample: Int)] = []
        for event in events where !begun.contains(where: { $0 == (event.request, event.sample) }) {
            begun.append((event.request, event.sample))
        }
        let first = try #require(begun.firstIndex { $0.request == modest })
        let last = try #require(begun.lastIndex { $0.request == modest || $0.request == third })
        #expect(begun.count == 103 && first <= 5 && last <= 10)
        // Within one asker's requests the oldest come first.
        #expect(begun.map(\.request).filter(greedy.contains) == greedy.flatMap { Array(repeating: $0, count: 5) })
    }

    /// Long samples in every slot keep nobody waiting who has none under way, until as many slots again are taken.
    @Test func whoeverHasNoSampleUnderWayNeedNotWaitForOthersToEnd() throws {
        let (golden, student) = (try Golden.load("llama-gqa-tied"), try Golden.student("llama-gqa-tied"))
        func request(_ samples: Int, _ tokens: Int, _ asker: Int) -> DecodeRequest {
            var parameters = warm
            parameters.maxTokens = tokens
            return DecodeRequest(
                prompt: golden.pairs[0].promptIds, parameters: parameters, streams: streams(samples, "\(asker)"), asker: asker)
        }
        let decoder = BatchDecoder(student: student, slots: 2)
        let long = try decoder.submit(request(6, 40, 0))
        var events = try decoder.step()
        #expect(events.map(\.request) == [long, long])
        let short = try (1...3).map { try decoder.submit(request(2, 1, $0)) }
        // One of each, of the first two: four samples are under way.
        for wanted in [[long, long, short[0], short[1]], [long, long, short[2], short[0]]] {
            let more = try decoder.step()
            #expect(more.map(\.request) == wanted)
            events += more
        }
        while !decoder.isIdle { events += try decoder.step() }
        #expect(events.count { $0.finish != nil } == 12 && Set(events.map { [$0.request, $0.sample] }).count == 12)
    }

    /// As many askers with much to do as there are slots, each older than the one who asks for a little.
    @Test(arguments: [1, 3]) func whoeverWaitsHasATurnBeforeAnybodyHasTwo(slots: Int) throws {
        let (golden, student) = (try Golden.load("llama-gqa-tied"), try Golden.student("llama-gqa-tied"))
        let decoder = BatchDecoder(student: student, slots: slots)
        func request(_ samples: Int, _ asker: Int) -> DecodeRequest {
            var parameters = warm
            parameters.maxTokens = 2
            return DecodeRequest(
                prompt: golden.pairs[0].promptIds, parameters: parameters, streams: streams(samples, "\(asker)"), asker: asker)
        }
        for asker in 0..<slots + 1 { _ = try decoder.submit(request(40, asker)) }
        var events = try decoder.step()
        let modest = try decoder.submit(request(1, 99))
        while !decoder.isIdle { events += try decoder.step() }
        var begun: [Int] = []
        var seen: Set<[Int]> = []
        for event in events where seen.insert([event.request, event.sample]).inserted { begun.append(event.request) }
        let place = try #require(begun.firstIndex(of: modest))
        #expect(place <= 2 * slots + 1, "\(begun.prefix(20))")
        #expect(begun.count == 40 * (slots + 1) + 1)
    }

    @Test(arguments: Golden.names)
    func cachedDecodingEqualsTheFullForward(_ name: String) throws {
        let student = try Golden.student(name)
        let requests = requests(try Golden.load(name))
        let samples = try student.sample(requests, slots: 5)
        let trees = zip(requests, samples).map { PromptTree(prompt: $0.prompt, continuations: $1.map(\.ids)) }
        let sums = try student.logProbabilities(of: trees).map { $0.map { $0.reduce(0, +) } }
        for (sums, samples) in zip(sums, samples) {
            for (sum, sample) in zip(sums, samples) { #expect(abs(sum - sample.logProbability) < 1e-4) }
        }
    }

    @Test(arguments: Golden.names)
    func batchesDrawTheSameAsSingles(_ name: String) throws {
        let student = try Golden.student(name)
        let requests = requests(try Golden.load(name))
        let together = try student.sample(requests, slots: 16)
        #expect(try student.sample(requests, slots: 3) == together)
        #expect(try requests.map { try student.sample([$0], slots: 1)[0] } == together)
        #expect(try Golden.student(name, threads: 1).sample(requests, slots: 7) == together)
    }

    @Test(arguments: Golden.names)
    func eightBitsAWeightDrawNearlyTheSame(_ name: String) throws {
        let student = try Golden.student(name)
        let requests = requests(try Golden.load(name))
        let samples = try student.sample(requests, slots: 5, weights: .int8)
        #expect(try student.sample(requests, slots: 16, weights: .int8) == samples)
        let trees = zip(requests, samples).map { PromptTree(prompt: $0.prompt, continuations: $1.map(\.ids)) }
        let sums = try student.logProbabilities(of: trees).map { $0.map { $0.reduce(0, +) } }
        var (greatest, tokens) = (Float(0), 0)
        for (sums, samples) in zip(sums, samples) {
            for (sum, sample) in zip(sums, samples) {
                greatest = max(greatest, abs(sum - sample.logProbability) / Float(sample.ids.count))
                tokens += sample.ids.count
            }
        }
        // A step is 1/254 of a row's greatest weight; the weights' roundings are independent and mostly cancel out.
        #expect(greatest < 0.05, "nats a token, \(tokens) tokens")
        #expect(greatest > 0, "the weights were rounded")
    }

    /// A model beyond the size below which each thread has rows of its own: prompts go through large products together.
    @Test func largerModelsToo() throws {
        let folder = try TemporaryFolder(of: "llama-gqa-tied")
        var config = try JSONSerialization.jsonObject(with: folder.bytes("config.json")) as! [String: Any]
        config.merge(["hidden_size": 256, "intermediate_size": 704, "num_hidden_layers": 4]) { $1 }
        try JSONSerialization.data(withJSONObject: config).write(to: folder.file("config.json"))
        try Student.initialise(config: folder.file("config.json"), tokenizer: folder.url, seed: 3, into: folder.file("student"))
        let student = try Student(folder: folder.file("student"), threads: 2)
        #expect(student.weights.count > 2_000_000)
        let requests = requests(try Golden.load("llama-gqa-tied"))
        let together = try student.sample(requests, slots: 16)
        #expect(try student.sample(requests, slots: 3) == together)
        #expect(try requests.map { try student.sample([$0], slots: 1)[0] } == together)
        let trees = zip(requests, together).map { PromptTree(prompt: $0.prompt, continuations: $1.map(\.ids)) }
        let sums = try student.logProbabilities(of: trees).map { $0.map { $0.reduce(0, +) } }
        for (sums, samples) in zip(sums, together) {
            for (sum, sample) in zip(sums, samples) { #expect(abs(sum - sample.logProbability) < 1e-4) }
        }
    }

    @Test func samplesOfAPromptDifferAndSeedsRepeat() throws {
        let student = try Golden.student("llama-gqa-tied")
        let prompt = try Golden.load("llama-gqa-tied").pairs[0].promptIds
        let request = DecodeRequest(prompt: prompt, parameters: SamplingParameters(maxTokens: 20), streams: streams(8))
        let samples = try student.sample([request], slots: 4)[0]
        #expect(Set(samples.map(\.ids)).count > 4)
        #expect(try student.sample([request], slots: 8)[0] == samples)
    }

    @Test func topKOfOneAndTinyTopPAreGreedy() throws {
        let student = try Golden.student("llama-untied-sp")
        let prompt = try Golden.load("llama-untied-sp").pairs[1].promptIds
        func ids(_ parameters: SamplingParameters) throws -> [TokenID] {
            try student.sample([DecodeRequest(prompt: prompt, parameters: parameters, streams: streams(1))], slots: 1)[0][0].ids
        }
        let greedy = try ids(SamplingParameters(temperature: 0, maxTokens: 15))
        #expect(try ids(SamplingParameters(temperature: 1, topK: 1, maxTokens: 15)) == greedy)
        #expect(try ids(SamplingParameters(temperature: 1, topP: 1e-9, maxTokens: 15)) == greedy)
    }

    @Test func drawsFollowTheDistribution() throws {
        let student = try Golden.student("llama-gqa-tied")
        let prompt = try Golden.load("llama-gqa-tied").pairs[2].promptIds
        let count = 4000
        let parameters = SamplingParameters(temperature: 1, topK: 5, maxTokens: 1)
        let samples = try student.sample([DecodeRequest(prompt: prompt, parameters: parameters, streams: streams(count))], slots: 64)[0]
        let all = (0..<Int32(student.configuration.vocabularySize)).map { [$0] }
        let logs = try student.logProbabilities(of: [PromptTree(prompt: prompt, continuations: all)])[0].map { Double($0[0]) }
        let best = logs.indices.sorted { logs[$0] > logs[$1] }.prefix(5)
        let mass = best.reduce(0) { $0 + exp(logs[$1]) }
        #expect(Set(samples.map { Int($0.ids[0]) }).isSubset(of: Set(best)))
        for id in best {
            let share = exp(logs[id]) / mass
            let seen = Double(samples.count { $0.ids[0] == Int32(id) }) / Double(count)
            // Five standard deviations of a binomial share.
            #expect(abs(seen - share) < 5 * (share * (1 - share) / Double(count)).squareRoot() + 1e-9)
        }
    }

    @Test func theContextEndsASequence() throws {
        let student = try Golden.student("llama-gqa-tied")
        let ids = try Golden.load("llama-gqa-tied").pairs[0].promptIds
        let context = student.configuration.contextLength
        let prompt = Array((0..<context / ids.count + 1).flatMap { _ in ids }.prefix(context - 4))
        let request = DecodeRequest(prompt: prompt, parameters: SamplingParameters(topK: 1000, maxTokens: 50), streams: streams(6))
        for sample in try student.sample([request], slots: 4)[0] {
            let ended = sample.ids.last.map(student.endOfSequence.contains) ?? false
            #expect(ended ? sample.finishReason == .stop : sample.ids.count == 4 && sample.finishReason == .length)
        }
        let full = DecodeRequest(prompt: prompt + prompt.prefix(4), parameters: warm, streams: streams(1))
        #expect { try student.sample([full], slots: 1) } throws: { ($0 as? StudentError)?.code == .context }
        let unknown = DecodeRequest(prompt: [0, 9999], parameters: warm, streams: streams(1))
        #expect { try student.sample([unknown], slots: 1) } throws: { ($0 as? StudentError)?.message.contains("9999") == true }
    }

    @Test func cancelledRequestsFallSilent() throws {
        let student = try Golden.student("llama-gqa-tied")
        let prompt = try Golden.load("llama-gqa-tied").pairs[0].promptIds
        let decoder = BatchDecoder(student: student, slots: 2)
        let parameters = SamplingParameters(maxTokens: 30)
        let first = try decoder.submit(DecodeRequest(prompt: prompt, parameters: parameters, streams: streams(5)))
        let second = try decoder.submit(DecodeRequest(prompt: prompt, parameters: parameters, streams: streams(1)))
        _ = try decoder.step()
        decoder.cancel(first)
        var finished = 0
        while !decoder.isIdle {
            for event in try decoder.step() {
                #expect(event.request == second)
                if event.finish != nil { finished += 1 }
            }
        }
        #expect(finished == 1)
    }

    @Test func progressMayStopSampling() throws {
        struct Enough: Error {}
        let student = try Golden.student("llama-gqa-tied")
        let requests = requests(try Golden.load("llama-gqa-tied"))
        #expect(throws: Enough.self) { try student.sample(requests, slots: 4) { _, tokens in if tokens > 10 { throw Enough() } } }
    }

    @Test(arguments: Golden.names)
    func aStopStringEndsTheTextBeforeIt(_ name: String) throws {
        let student = try Golden.student(name)
        let prompt = try Golden.load(name).greedy[0].promptIds
        func samples(_ stop: [String]) throws -> [Sample] {
            let parameters = SamplingParameters(temperature: 2, maxTokens: 24, stop: stop)
            return try student.sample([DecodeRequest(prompt: prompt, parameters: parameters, streams: streams(16))], slots: 4)[0]
        }
        let (number, whole) = try #require(try samples([]).enumerated().first { $0.element.text.count >= 7 })
        let stop = String(whole.text.dropFirst(4).prefix(3))
        let cut = try samples(["never in the text", stop])[number]
        #expect(cut.finishReason == .stop)
        #expect(cut.text + stop == whole.text.prefix(cut.text.count + 3))
        #expect(cut.ids == Array(whole.ids.prefix(cut.ids.count)) && cut.ids.count < whole.ids.count)
    }

    @Test func weightsBeyondUseAreReported() throws {
        let student = try Golden.student("llama-gqa-tied")
        try student.makeTrainable()
        student.weights.buffer.values.update(repeating: .nan)
        let request = DecodeRequest(prompt: [1, 2], parameters: warm, streams: streams(1))
        #expect { try student.sample([request], slots: 1) } throws: { ($0 as? StudentError)?.code == .tensors }
    }
}

extension EngineSamplingTests {
    private func request(_ parameters: SamplingParameters) throws -> DecodeRequest {
        DecodeRequest(prompt: try Golden.load("gpt2").greedy[0].promptIds, parameters: parameters, streams: [SeededGenerator(seed: 1)])
    }

    @Test func temperaturesNearZeroAreGreedy() throws {
        let student = try Golden.student("gpt2")
        let greedy = try student.sample([request(SamplingParameters(temperature: 0, maxTokens: 12))], slots: 1)[0][0].ids
        for temperature in [1e-40, .leastNonzeroMagnitude, 1e-30] as [Double] {
            for (topK, topP) in [(nil, 1.0), (5, 1.0), (nil, 0.9)] as [(Int?, Double)] {
                let parameters = SamplingParameters(temperature: temperature, topK: topK, topP: topP, maxTokens: 12)
                #expect(try student.sample([request(parameters)], slots: 1)[0][0].ids == greedy)
            }
        }
    }

    @Test(arguments: [(-1, 1), (.nan, 1), (.infinity, 1), (1, 0), (1, 1.5), (1, .nan)] as [(Double, Double)])
    func samplingParametersOutOfRangeAreRefused(_ temperature: Double, _ topP: Double) throws {
        let student = try Golden.student("gpt2")
        let parameters = SamplingParameters(temperature: temperature, topP: topP, maxTokens: 12)
        let error = #expect(throws: StudentError.self) { try student.sample([request(parameters)], slots: 1) }
        #expect(error?.code == .setting)
    }

    /// A sample's memory begins small and grows with what is drawn.
    @Test func longSamplesOutgrowTheirFirstMemory() throws {
        let student = try Golden.student("llama-untied-sp")
        let prompt = try Golden.load("llama-untied-sp").greedy[0].promptIds
        let parameters = SamplingParameters(temperature: 3, maxTokens: 220)
        let requests = (0..<6).map { DecodeRequest(prompt: prompt, parameters: parameters, streams: [SeededGenerator(seed: $0)]) }
        let samples = try student.sample(requests, slots: 6).map { $0[0] }
        #expect(samples.contains { $0.ids.count > 130 })
        let sums = try student.logProbabilities(of: samples.map { PromptTree(prompt: prompt, continuations: [$0.ids]) })
        for (sample, sum) in zip(samples, sums) { #expect(abs(sum[0].reduce(0, +) - sample.logProbability) < 1e-2) }
    }
}
