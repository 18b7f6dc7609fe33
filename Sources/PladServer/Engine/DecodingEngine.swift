import Foundation
package import PladRecords
package import PladStudent

/// Runs requests from any thread on one decoding thread, which owns the token source: a new request joins the batch of the running ones
/// at the next token.
package final class DecodingEngine: Sendable {
    private let jobs = JobQueue<Job>()

    /// Takes over `source` and starts the thread, which ends once the engine is released and idle.
    package init(
        source: sending any TokenSource, endOfSequence: Set<TokenID>, textDecoder: @escaping @Sendable () -> any TextDecoder
    ) {
        // Only the thread below touches the source from here on.
        nonisolated(unsafe) let source = source
        let jobs = jobs
        let thread = Thread {
            var loop = DecodingLoop(source: source, endOfSequence: endOfSequence, textDecoder: textDecoder)
            while let news = jobs.take(waits: loop.isIdle) {
                news.forEach { loop.perform($0) }
                loop.step()
            }
        }
        thread.name = "decoding"
        thread.stackSize = 8 << 20
        thread.start()
    }

    deinit {
        jobs.close()
    }

    /// Continues a prompt; the pieces are those of `TextModel.generate`.
    package func generate(_ request: DecodeRequest, streams: Bool) -> AsyncThrowingStream<GeneratedPiece, any Error> {
        let (pieces, continuation) = AsyncThrowingStream.makeStream(of: GeneratedPiece.self)
        let ticket = Ticket()
        continuation.onTermination = { [jobs] reason in
            if case .cancelled = reason { jobs.post(.cancel(ticket)) }
        }
        jobs.post(.start(ticket, request, streams: streams, continuation))
        return pieces
    }
}

/// The identity of a request outside the decoding thread.
final class Ticket: Sendable {}

/// A command for the decoding thread.
enum Job: Sendable {
    case start(Ticket, DecodeRequest, streams: Bool, AsyncThrowingStream<GeneratedPiece, any Error>.Continuation)
    case cancel(Ticket)
}
