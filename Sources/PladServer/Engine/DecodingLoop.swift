import PladRecords
import PladStudent

/// The decoding thread's state: the token source and the texts of the running requests.
struct DecodingLoop {
    private var source: any TokenSource
    private let endOfSequence: Set<TokenID>
    private let textDecoder: @Sendable () -> any TextDecoder
    private var running: [Int: Running] = [:]
    /// Numbers of the running requests by their tickets.
    private var numbers: [ObjectIdentifier: Int] = [:]

    init(source: any TokenSource, endOfSequence: Set<TokenID>, textDecoder: @escaping @Sendable () -> any TextDecoder) {
        self.source = source
        self.endOfSequence = endOfSequence
        self.textDecoder = textDecoder
    }

    var isIdle: Bool { running.isEmpty }

    mutating func perform(_ job: Job) {
        switch job {
        case .start(let ticket, let request, let streams, let pieces):
            do {
                let number = try source.submit(request)
                let text = SampleText(decoder: textDecoder(), stops: request.parameters.stop, endOfSequence: endOfSequence)
                let samples = Array(repeating: text, count: request.streams.count)
                running[number] = Running(ticket: ticket, streams: streams, pieces: pieces, samples: samples, unfinished: samples.count)
                numbers[ObjectIdentifier(ticket)] = number
            } catch {
                pieces.finish(throwing: error)
            }
        case .cancel(let ticket):
            guard let number = numbers.removeValue(forKey: ObjectIdentifier(ticket)) else { return }
            source.cancel(number)
            running[number] = nil
        }
    }

    /// Draws one token for every active sample and passes the results on.
    mutating func step() {
        guard !isIdle else { return }
        do {
            for event in try source.step() { take(event) }
        } catch {
            for (number, request) in running {
                source.cancel(number)
                request.pieces.finish(throwing: error)
            }
            (running, numbers) = ([:], [:])
        }
    }

    private mutating func take(_ event: DecodeEvent) {
        guard running[event.request]?.take(event) == true, let ended = running.removeValue(forKey: event.request) else { return }
        numbers[ObjectIdentifier(ended.ticket)] = nil
        // A stop string may end a sample that the source would continue.
        if event.finish == nil { source.cancel(event.request) }
    }
}

/// A running request.
private struct Running {
    let ticket: Ticket
    let streams: Bool
    let pieces: AsyncThrowingStream<GeneratedPiece, any Error>.Continuation
    var samples: [SampleText]
    var unfinished: Int

    /// Passes on one step's result for one sample. Returns true if it ends the request.
    mutating func take(_ event: DecodeEvent) -> Bool {
        let sample = event.sample
        guard samples[sample].finishReason == nil else { return false }
        samples[sample].take(event)
        let hasEnded = samples[sample].finishReason != nil
        if hasEnded || streams && samples[sample].hasNews { pieces.yield(samples[sample].piece(of: sample)) }
        guard hasEnded else { return false }
        unfinished -= 1
        guard unfinished == 0 else { return false }
        pieces.finish()
        return true
    }
}
