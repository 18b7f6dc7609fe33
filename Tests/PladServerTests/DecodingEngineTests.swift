import Foundation
import PladRecords
import PladServer
import PladStudent
import Testing

/// A `TokenSource` in memory: a request's every sample says the bytes of the prompt, then token 0, the end. It tells
/// `log` what is asked of it.
private struct EchoingSource: TokenSource {
    struct Active {
        var number: Int
        var rest: [[TokenID]]
    }

    struct Broken: Error {}

    var active: [Active] = []
    var submitted = 0
    let log: AsyncStream<String>.Continuation

    mutating func submit(_ request: DecodeRequest) throws -> Int {
        guard request.prompt != [33] else { throw Broken() }
        submitted += 1
        log.yield("submit \(submitted)")
        let rest = request.streams.map { _ in Array(request.prompt.prefix(request.parameters.maxTokens)) }
        active.append(Active(number: submitted, rest: rest))
        return submitted
    }

    mutating func cancel(_ request: Int) {
        log.yield("cancel \(request)")
        active.removeAll { $0.number == request }
    }

    mutating func step() throws -> [DecodeEvent] {
        var events: [DecodeEvent] = []
        for index in active.indices {
            for sample in active[index].rest.indices where active[index].rest[sample] != [-1] {
                guard let token = active[index].rest[sample].first else {
                    events.append(DecodeEvent(request: active[index].number, sample: sample, token: 0, logProbability: 0, finish: .stop))
                    active[index].rest[sample] = [-1]
                    continue
                }
                guard token != 33 else { throw Broken() }
                // Byte 63 goes on for ever.
                if token != 63 { active[index].rest[sample].removeFirst() }
                events.append(DecodeEvent(request: active[index].number, sample: sample, token: token, logProbability: 0, finish: nil))
            }
        }
        active.removeAll { $0.rest.allSatisfy { $0 == [-1] } }
        log.yield("step \(Set(events.map(\.request)).count)")
        return events
    }
}

private struct ByteDecoder: TextDecoder {
    mutating func append(_ id: TokenID) -> String { String(UnicodeScalar(UInt8(id))) }
    mutating func finish() -> String { "" }
}

@Suite(.timeLimit(.minutes(10))) struct DecodingEngineTests {
    private let log: AsyncStream<String>
    private let engine: DecodingEngine

    init() {
        let (log, writer) = AsyncStream.makeStream(of: String.self)
        self.log = log
        engine = DecodingEngine(source: EchoingSource(log: writer), endOfSequence: [0], textDecoder: { ByteDecoder() })
    }

    private func generate(
        _ prompt: String, stop: [String] = [], samples: Int = 1, streams: Bool = false
    ) -> AsyncThrowingStream<GeneratedPiece, any Error> {
        let request = DecodeRequest(
            prompt: prompt.utf8.map { TokenID($0) }, parameters: SamplingParameters(stop: stop),
            streams: (0..<samples).map { SeededGenerator(seed: 0, String($0)) })
        return engine.generate(request, streams: streams)
    }

    private func all(_ pieces: AsyncThrowingStream<GeneratedPiece, any Error>) async throws -> [GeneratedPiece] {
        try await pieces.reduce(into: []) { $0.append($1) }
    }

    @Test func wholeAnswersAreOnePieceASample() async throws {
        let pieces = try await all(generate("abc", samples: 2))
        #expect(pieces == (0..<2).map { GeneratedPiece(sample: $0, text: "abc", tokens: 4, finishReason: .stop) })
    }

    @Test func streamedPiecesJoinToTheWholeAnswer() async throws {
        let pieces = try await all(generate("abc", streams: true))
        #expect(pieces.map(\.text) == ["a", "b", "c", ""])
        #expect(pieces.map(\.tokens).reduce(0, +) == 4)
        #expect(pieces.map(\.finishReason) == [nil, nil, nil, .stop])
    }

    @Test(arguments: [false, true]) func stopStringsOverSeveralTokensNeverLeak(streams: Bool) async throws {
        let pieces = try await all(generate("one<end>two", stop: ["<end>"], streams: streams))
        #expect(pieces.map(\.text).joined() == "one")
        #expect(pieces.last?.finishReason == .stop)
        #expect(pieces.map(\.tokens).reduce(0, +) == 8)
        for await line in log where line == "cancel 1" { break }
    }

    @Test func abandonedRequestIsCancelled() async throws {
        let task = Task { try await all(generate("?", streams: true)) }
        for await line in log where line == "step 1" { break }
        task.cancel()
        for await line in log where line == "cancel 1" { break }
        _ = try await task.value
        #expect(try await all(generate("next")).map(\.text) == ["next"])
    }

    @Test func requestsJoinARunningBatch() async throws {
        let endless = Task { try await all(generate("?", streams: true)) }
        for await line in log where line == "step 1" { break }
        #expect(try await all(generate("abc")).map(\.text) == ["abc"])
        endless.cancel()
        var sawBoth = false
        for await line in log {
            if line == "step 2" { sawBoth = true }
            if line == "cancel 1" { break }
        }
        #expect(sawBoth)
    }

    @Test func refusedRequestLeavesTheOthersAlone() async throws {
        await #expect(throws: EchoingSource.Broken.self) { try await all(generate("!")) }
        #expect(try await all(generate("fine")).map(\.text) == ["fine"])
    }

    @Test func brokenStepReachesEveryRequest() async throws {
        let endless = Task { try await all(generate("?", streams: true)) }
        for await line in log where line == "step 1" { break }
        await #expect(throws: EchoingSource.Broken.self) { try await all(generate("a!")) }
        await #expect(throws: EchoingSource.Broken.self) { try await endless.value }
        #expect(try await all(generate("again")).map(\.text) == ["again"])
    }
}
