import PladHTTP
import PladRecords

/// Several samples of one prompt in one request.
extension RemoteTeacher {
    package func replies(to requests: [TeacherRequest]) async throws -> [Reply]? {
        guard let choices = dialect.choices, requests.count > 1, !refusesSeveral.withLock({ $0 }) else { return nil }
        let (first, count) = (requests[0], min(requests.count, choices.most))
        guard let several = choices.request(first, times: count) else { return nil }
        do {
            let whole = try await reply(to: first, sending: several)
            let found = answers(in: whole, count: count, isSeeded: first.isSeeded)
            // A server that ignores the number, or draws every completion with the same seed, is not asked again for several.
            if found.count < count { refusesSeveral.withLock { $0 = true } }
            return found
        } catch let error as TeacherError where error.code == .rejected {
            // A single request tells whether the number was refused or the prompt.
            let alone = try await reply(to: first)
            refusesSeveral.withLock { $0 = true }
            return [alone]
        }
    }

    /// The completions of a response up to the first invalid one. The first carries the attempts and tokens of all.
    private func answers(in whole: Reply, count: Int, isSeeded: Bool) -> [Reply] {
        var found = [whole]
        let further = dialect.furtherCompletions(body: whole.response.body, count: count)
        for (index, completion) in further.enumerated() {
            var response = whole.response
            response.attempts = 0
            found.append(Reply(response: response, completion: completion, choice: index + 1))
        }
        // The counts are of all of them together.
        found[0].completion.usage = whole.completion.usage?.credible(for: found.map(\.completion.text).joined())
        let isOne = isSeeded && found.count > 1 && Set(found.map(\.completion.text)).count == 1
        return isOne ? [whole] : found
    }
}

extension TeacherRequest {
    /// True if the request has a seed: equal completions are then no coincidence.
    fileprivate var isSeeded: Bool { body["seed"] != nil || body["generationConfig"]?["seed"] != nil }
}
