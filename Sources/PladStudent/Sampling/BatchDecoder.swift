import PladRecords
import PladTensor

/// Continues many prompts at once. A free slot takes the next sample of the asker with the fewest active ones, then of the one that has
/// waited longest; a prompt is computed once for all its samples. An asker who has no active sample need not wait until one of the
/// others' ends: as many slots again are for the first sample of each.
///
/// Batching does not change the result: each sample's tokens depend only on the weights, the prompt, the parameters and its stream.
/// Holds repacked copies of the matrices, made at `init`: no training may happen between that and the last use.
package final class BatchDecoder {
    private let student: Student
    private let model: DecodeModel
    private let slots: Int
    private var nextRequest = 0
    /// Requests with samples that have not started.
    private var waiting = WaitingRequests()
    private var active: [Sequence] = []
    /// Time of each asker's last turn, counted in samples started by all; entries of idle askers may be dropped.
    private var lastTurns: [Int: Int] = [:]
    private var turn = 0
    private let draws: [TokenDraw]
    private var logits = AlignedBuffer(count: 0)

    /// An active sample.
    private struct Sequence {
        let request: DecodingRequest
        let sample: Int
        var stream: SeededGenerator
        var stops: StopStrings?
        let cache: KeyValueCache
        /// Number of tokens drawn so far, and the last of them; none before the first draw.
        var count = 0
        var last: TokenID = 0

        /// Largest number of tokens in the sample.
        let room: Int

        var parameters: SamplingParameters { request.request.parameters }
    }

    /// - Parameters:
    ///   - slots: number of samples in a batch; up to twice as many if there are several askers.
    ///   - weights: precision of the weights.
    package init(student: Student, slots: Int, weights: DecodeWeights = .float32) {
        precondition(slots >= 1, "\(slots) slots; at least 1")
        self.student = student
        self.slots = slots
        model = DecodeModel(student: student, weights: weights)
        draws = (0..<student.workers.threads).map { _ in TokenDraw(vocabularySize: student.configuration.vocabularySize) }
    }

    /// Queues a request and returns its number. Throws `StudentError.context` if the prompt is empty, fills the context or holds an
    /// unknown id, `.setting` if a sampling parameter is out of range.
    package func submit(_ request: DecodeRequest) throws -> Int {
        let number = nextRequest
        let context = student.configuration.contextLength
        guard !request.prompt.isEmpty else { throw StudentError(.context, "the prompt has no tokens") }
        guard student.configuration.room(prompt: request.prompt.count) > 0 else {
            throw StudentError(.context, "the prompt's \(request.prompt.count) tokens leave no room in the context of \(context)")
        }
        let (temperature, topP) = (request.parameters.temperature, request.parameters.topP)
        guard temperature.isFinite, temperature >= 0 else {
            throw StudentError(.setting, "the temperature is \(temperature); give 0 for the likeliest token, or a number above")
        }
        guard topP > 0, topP <= 1 else { throw StudentError(.setting, "top-p is \(topP); give a share above 0, at most 1") }
        try student.check(request.prompt) { "prompt" }
        nextRequest += 1
        waiting.append(DecodingRequest(number: number, request: request))
        return number
    }

    /// Ends a request's samples without further events.
    package func cancel(_ request: Int) {
        waiting.cancel(request)
        active.removeAll { $0.request.number == request }
    }

    /// True if no sample is queued or active.
    package var isIdle: Bool { waiting.isEmpty && active.isEmpty }

    /// Draws one token for every active sample, after filling free slots; events are in the order in which samples started.
    ///
    /// Throws `StudentError.tensors` if the logits are not finite, which means unusable weights, and `.files` if the weights are in a
    /// file that was overwritten.
    package func step() throws -> [DecodeEvent] {
        let going = active.count
        fillSlots()
        guard !active.isEmpty else { return [] }
        let vocabulary = student.configuration.vocabularySize
        if logits.count < active.count * vocabulary { logits = AlignedBuffer(count: max(slots, active.count) * vocabulary) }
        if going > 0 { model.step(active[..<going].map(row), into: logits.pointer) }

        let count = active.count
        var drawn = [(token: TokenID, logProbability: Float)?](repeating: nil, count: count)
        active.withUnsafeMutableBufferPointer { active in
            drawn.withUnsafeMutableBufferPointer { drawn in
                let (active, drawn) = (active.baseAddress!, drawn.baseAddress!)
                student.workers.run(count) { part, worker in
                    let source = part < going ? logits.pointer + part * vocabulary : active[part].request.prefix!.logits.pointer
                    let parameters = active[part].parameters
                    guard parameters.maxTokens > 0 else { return }
                    drawn[part] = draws[worker].draw(source, parameters, &active[part].stream)
                }
            }
        }
        try student.weights.requireUnchanged()
        return try take(drawn)
    }

    private func row(_ sequence: Sequence) -> DecodeModel.Row {
        let prefix = sequence.request.prefix!
        return DecodeModel.Row(
            token: sequence.last, position: prefix.count + sequence.count - 1, prefix: prefix, own: sequence.cache)
    }

    /// Starts samples while slots are free, and computes the prompts of those that are the first of their request.
    private func fillSlots() {
        var new: [DecodingRequest] = []
        while active.count < 2 * slots, let request = nextWaiting() {
            guard active.count < slots || !active.contains(where: { $0.request.asker == request.asker }) else { break }
            if request.begun == 0 { new.append(request) }
            noteTurn(of: request.asker)
            active.append(begin(request))
        }
        for (request, prefix) in zip(new, model.prefill(new.map(\.request.prompt))) { request.prefix = prefix }
    }

    /// The oldest request of the next asker: the one with the fewest active samples, and of several such the one whose last turn is
    /// longest ago, or who had none yet. So everyone who waits has a turn before anyone has two.
    private func nextWaiting() -> DecodingRequest? {
        guard !waiting.isEmpty else { return nil }
        var underWay: [Int: Int] = [:]
        for sequence in active { underWay[sequence.request.asker, default: 0] += 1 }
        return waiting.next { [lastTurns] in (underWay[$0] ?? 0, lastTurns[$0] ?? -1) }
    }

    /// Records an asker's turn.
    private func noteTurn(of asker: Int) {
        lastTurns[asker] = turn
        turn += 1
        guard lastTurns.count > 2 * (waiting.count + active.count) + 64 else { return }
        let present = Set(waiting.askers).union(active.map(\.request.asker))
        lastTurns = lastTurns.filter { present.contains($0.key) }
    }

    private func begin(_ request: DecodingRequest) -> Sequence {
        defer { waiting.begin(request) }
        let parameters = request.request.parameters
        let room = min(parameters.maxTokens, student.configuration.room(prompt: request.request.prompt.count))
        return Sequence(
            request: request, sample: request.begun, stream: request.request.streams[request.begun],
            stops: StopStrings(parameters.stop, tokenizer: student.tokenizer),
            cache: model.makeCache(capacity: min(max(room, 1), 64)), room: room)
    }

    /// Turns draws into events and removes ended samples.
    private func take(_ drawn: [(token: TokenID, logProbability: Float)?]) throws -> [DecodeEvent] {
        var events: [DecodeEvent] = []
        var ongoing: [Sequence] = []
        for (var sequence, draw) in zip(active, drawn) {
            let finish: FinishReason?
            if let draw {
                sequence.count += 1
                sequence.last = draw.token
                finish = self.finish(&sequence)
            } else {
                guard sequence.parameters.maxTokens <= 0 else {
                    throw StudentError(.tensors, "the student's logits are not finite: its weights are damaged or training diverged")
                }
                finish = .length
            }
            events.append(
                DecodeEvent(
                    request: sequence.request.number, sample: sequence.sample, token: draw?.token,
                    logProbability: draw?.logProbability ?? 0, finish: finish))
            if finish == nil { ongoing.append(sequence) }
        }
        active = ongoing
        return events
    }

    /// The reason why the token just drawn ends the sample; nil if the sample goes on.
    private func finish(_ sequence: inout Sequence) -> FinishReason? {
        if student.endOfSequence.contains(sequence.last) || sequence.stops?.append(sequence.last) == true { return .stop }
        return sequence.count >= sequence.room ? .length : nil
    }
}
