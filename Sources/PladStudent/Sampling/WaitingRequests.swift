/// A request and the state that its samples share.
package final class DecodingRequest {
    package let number: Int
    let request: DecodeRequest
    /// Number of samples that have started.
    package var begun = 0
    var prefix: DecodeModel.Prefix?
    /// True once nobody waits for its samples.
    fileprivate var isCancelled = false

    package init(number: Int, request: DecodeRequest) {
        self.number = number
        self.request = request
    }

    package var asker: Int { request.asker }
    fileprivate var isOpen: Bool { !isCancelled && begun < request.streams.count }
}

/// The requests with samples that have not started, by the asker. Adding and cancelling take the same time however many wait; choosing
/// the next one takes time that grows with the number of askers.
package struct WaitingRequests {
    /// The requests of an asker, the oldest first; `start` is the index of the first that may be open.
    private struct Queue {
        var requests: [DecodingRequest] = []
        var start = 0

        /// The oldest open request. Those before it are dropped for good.
        mutating func head() -> DecodingRequest? {
            while start < requests.count, !requests[start].isOpen { start += 1 }
            guard start < requests.count else { return nil }
            if start > 64, start > requests.count / 2 {
                requests.removeFirst(start)
                start = 0
            }
            return requests[start]
        }
    }

    private var queues: [Int: Queue] = [:]
    private var byNumber: [Int: DecodingRequest] = [:]

    package init() {}

    /// Number of requests that have samples to start.
    package var count: Int { byNumber.count }
    package var isEmpty: Bool { byNumber.isEmpty }
    /// The askers, and perhaps some who have nothing left.
    var askers: some Sequence<Int> { queues.keys }

    package mutating func append(_ request: DecodingRequest) {
        guard request.isOpen else { return }
        queues[request.asker, default: Queue()].requests.append(request)
        byNumber[request.number] = request
    }

    /// Removes a request, if it waits.
    package mutating func cancel(_ number: Int) {
        guard let request = byNumber.removeValue(forKey: number) else { return }
        request.isCancelled = true
    }

    /// The oldest request of the next asker: the one with the lowest rank, and of several such the one whose request is oldest.
    package mutating func next(_ rank: (_ asker: Int) -> (Int, Int)) -> DecodingRequest? {
        var best: (request: DecodingRequest, rank: (Int, Int, Int))?
        var idle: [Int] = []
        for asker in queues.keys {
            guard let head = queues[asker]?.head() else {
                idle.append(asker)
                continue
            }
            let (first, second) = rank(asker)
            let rank = (first, second, head.number)
            if best.map({ rank < $0.rank }) ?? true { best = (head, rank) }
        }
        for asker in idle { queues[asker] = nil }
        return best?.request
    }

    /// Counts a sample of the request as started, and removes the request with its last one.
    package mutating func begin(_ request: DecodingRequest) {
        request.begun += 1
        if !request.isOpen { byNumber[request.number] = nil }
    }
}
