import Foundation
import PladRecords
import Synchronization

/// A teacher behind an HTTP endpoint: the one place where attempts are limited, retried and counted.
package final class RemoteTeacher: Teacher {
    package let endpoint: Endpoint
    package let dialect: any Dialect
    private let key: TeacherKey?
    var hasKey: Bool { key != nil }
    private let headers: [HTTPHeader]
    private let transport: any Transport
    private let limit: ConcurrencyLimit
    private let policy: RetryPolicy
    private let clock: any Clock<Duration>
    private let random: @Sendable () -> Double
    private let onAttempt: @Sendable (Attempt) -> Void
    private let contacted = Atomic(false)

    /// - Parameters:
    ///   - concurrency: the most requests on the wire at a time; one that waits to be retried holds no place.
    ///   - headers: sent beside the dialect's own.
    ///   - random: numbers in [0, 1) for the jitter.
    ///   - onAttempt: told of every attempt once it has ended; called from many tasks.
    package init(
        endpoint: Endpoint, dialect: any Dialect, key: TeacherKey?, transport: any Transport, concurrency: Int = 64,
        headers: [HTTPHeader] = [], policy: RetryPolicy = RetryPolicy(), clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        onAttempt: @escaping @Sendable (Attempt) -> Void = { _ in }
    ) {
        self.endpoint = endpoint
        self.dialect = dialect
        self.key = key
        self.headers = [HTTPHeader("Content-Type", "application/json")] + (key.map { [$0.header(dialect.keyStyle)] } ?? []) + headers
        self.transport = transport
        self.limit = ConcurrencyLimit(concurrency)
        self.policy = policy
        self.clock = clock
        self.random = random
        self.onAttempt = onAttempt
    }

    package func reply(to request: TeacherRequest) async throws -> Reply {
        let message = HTTPRequest(url: endpoint.origin + request.path, headers: headers, body: Data(request.bodyText.utf8))
        var number = 1
        while true {
            let started = Date()
            let begin = ContinuousClock.now
            let seen = try await limit.withPlace { try await self.send(message) }
            var attempt = Attempt(
                request: request, number: number, started: started, duration: begin.duration(to: .now), status: seen.status,
                fault: seen.outcome?.summary, retryAfter: nil)
            switch decide(after: seen, attempt: number) {
            case .answer(var reply):
                onAttempt(attempt)
                reply.response.attempts = number
                return reply
            case .giveUp(let error):
                onAttempt(attempt)
                throw error
            case .retry(let wait):
                attempt.retryAfter = wait
                onAttempt(attempt)
                try await clock.sleep(for: wait)
                number += 1
            }
        }
    }

    /// What one attempt brought.
    private enum Seen {
        case answer(Reply)
        case refusal(status: Int?, RetryPolicy.Outcome)

        var status: Int? {
            switch self {
            case .answer(let reply): reply.response.status
            case .refusal(let status, _): status
            }
        }

        var outcome: RetryPolicy.Outcome? {
            if case .refusal(_, let outcome) = self { outcome } else { nil }
        }
    }

    private enum Step {
        case answer(Reply)
        case retry(after: Duration)
        case giveUp(TeacherError)
    }

    private func decide(after seen: Seen, attempt: Int) -> Step {
        switch seen {
        case .answer(let reply):
            return .answer(reply)
        case .refusal(_, let outcome):
            let contacted = contacted.load(ordering: .relaxed)
            switch policy.decide(after: outcome, attempt: attempt, contacted: contacted, random: random()) {
            case .retry(let wait): return .retry(after: wait)
            case .giveUp: return .giveUp(error(after: outcome, attempts: attempt))
            }
        }
    }

    private func send(_ message: HTTPRequest) async throws -> Seen {
        do {
            var response = try await transport.send(message)
            contacted.store(true, ordering: .relaxed)
            if let key { response.body = key.redacting(response.body) }
            switch dialect.read(status: response.status, body: response.body) {
            case .completion(let completion): return .answer(Reply(response: response, completion: completion))
            case .unreadable(let reason): return .refusal(status: response.status, .unreadable(reason))
            case .fault(let fault):
                return .refusal(status: response.status, .fault(fault, retryAfter: RetryAfter.wait(in: response.headers)))
            }
        } catch let fault as TransportFault {
            return .refusal(status: nil, .transport(fault))
        }
    }
}
