import PladRecords
import PladTokenizer

extension Student {
    /// Continues all requests and returns their samples, [request][sample].
    ///
    /// - Parameters:
    ///   - slots: number of samples in a batch.
    ///   - weights: precision of the weights.
    ///   - progress: called after every step with the number of ended samples and of drawn tokens; may throw to stop.
    package func sample(
        _ requests: [DecodeRequest], slots: Int, weights: DecodeWeights = .float32,
        progress: (_ finished: Int, _ tokens: Int) throws -> Void = { _, _ in }
    ) throws -> [[Sample]] {
        let decoder = BatchDecoder(student: self, slots: slots, weights: weights)
        for (number, request) in requests.enumerated() {
            do {
                _ = try decoder.submit(request)
            } catch let error as StudentError {
                throw StudentError(error.code, "prompt \(number + 1): \(error.message)")
            }
        }
        var samples = requests.map { request in
            request.streams.map { _ in Sample(ids: [], text: "", finishReason: .length, logProbability: 0) }
        }
        var (finished, tokens) = (0, 0)
        while !decoder.isIdle {
            for event in try decoder.step() {
                if let token = event.token {
                    samples[event.request][event.sample].ids.append(token)
                    samples[event.request][event.sample].logProbability += event.logProbability
                    tokens += 1
                }
                if let finish = event.finish {
                    samples[event.request][event.sample].finishReason = finish
                    finished += 1
                }
            }
            try progress(finished, tokens)
        }
        for request in samples.indices {
            for index in samples[request].indices {
                let text = tokenizer.decodeContinuation(samples[request][index].ids)
                samples[request][index].text = StopStrings.cut(text, at: requests[request].parameters.stop)
            }
        }
        return samples
    }
}
