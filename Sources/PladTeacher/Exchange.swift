import Foundation
import PladHTTP
import PladRecords

/// A request sent to the endpoint and its outcome.
struct Exchange: AttemptOutcome {
    enum Seen {
        case answer(Completion)
        case refusal(RetryPolicy.Outcome)
    }

    var started: Date
    var duration: Duration
    /// Response; nil without a whole one.
    var response: Response?
    var seen: Seen
    /// Budget reserved for this attempt; settled when the completion is stored.
    var reservation: Reservation?
    /// Counts the request as under way until its completion is stored; nil for an attempt without one.
    var underWay: UnderWay?

    var refusal: RetryPolicy.Outcome? {
        if case .refusal(let outcome) = seen { outcome } else { nil }
    }

    var headers: ResponseHeaders? { response?.headers }

    var tokens: Int? {
        guard case .answer(let completion) = seen, let usage = completion.usage else { return nil }
        return usage.promptTokens + usage.completionTokens
    }

    /// The reply with this completion, after `attempts` attempts.
    func reply(after attempts: Int) -> Reply {
        guard case .answer(let completion) = seen, var response else { preconditionFailure("a refusal is no reply") }
        response.attempts = attempts
        var reply = Reply(response: response, completion: completion, reservation: reservation)
        reply.underWay = underWay
        return reply
    }
}

extension Attempt {
    init(request: TeacherRequest, number: Int, _ exchange: Exchange) {
        self.init(
            request: request, number: number, started: exchange.started, duration: exchange.duration, status: exchange.response?.status,
            fault: exchange.refusal?.summary, retryAfter: nil, requestID: exchange.response?.requestID)
    }
}
