import Foundation
package import PladHTTP
import PladRecords

/// Sends requests to a provider's batch addresses, with retries.
package struct BatchWire: Sendable {
    private let transport: any Transport
    private let headers: [HTTPHeader]
    private let keyAdvice: String
    private let retrier: Retrier

    /// - Parameters:
    ///   - headers: all headers but the content type.
    ///   - keyAdvice: advice about the key, for errors.
    package init(
        transport: any Transport, headers: [HTTPHeader], keyAdvice: String = "check the key", policy: RetryPolicy = RetryPolicy(),
        clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.transport = transport
        self.headers = headers.filter { $0.name.lowercased() != "content-type" }
        self.keyAdvice = keyAdvice
        retrier = Retrier(policy, clock: clock, random: random)
    }

    /// Sends a request and returns the body of its successful response.
    ///
    /// - Parameters:
    ///   - mayRepeat: false for a request that has an effect each time: if it may have had one, `BatchDoubt` is thrown rather than a
    ///     retry made.
    ///   - most: largest size of the body; nil for the transport's own, which results need.
    func send(
        _ url: String, body: Data? = nil, type: String = "application/json", mayRepeat: Bool = true, most: Int? = nil
    ) async throws -> Data {
        var request = HTTPRequest(url: url, headers: headers + (body == nil ? [] : [HTTPHeader("Content-Type", type)]), body: body)
        request.bodyBytes = most
        var retrier = retrier
        while true {
            let outcome: RetryPolicy.Outcome
            do {
                let response = try await transport.send(request)
                let isError = !(200..<300).contains(response.status)
                let body = headers.reduce(response.body) { $1.redacting($0, isError: isError) }
                if !isError { return body }
                let fault = ProviderFault(status: response.status, reading: body)
                outcome = .fault(fault, retryAfter: RetryAfter.wait(in: response.headers) ?? fault.wait)
            } catch let fault as TransportFault {
                outcome = .transport(fault)
            }
            if !mayRepeat, outcome.mayHaveWorked { throw BatchDoubt(outcome) }
            guard try await retrier.goOn(after: outcome, contacted: true) else { throw error(outcome, url) }
        }
    }

    /// Sends a request and returns the document in its response.
    func document(_ url: String, body: Data? = nil, type: String = "application/json", mayRepeat: Bool = true) async throws -> JSONValue {
        let data = try await send(url, body: body, type: type, mayRepeat: mayRepeat, most: TransportLimits.usualBodyBytes)
        do {
            return try JSONValue(parsing: data)
        } catch {
            if !mayRepeat { throw BatchDoubt(.unreadable("no JSON")) }
            let what = WebPage(data)?.description ?? "no JSON (\(error))"
            throw TeacherError(.exhausted, "\(url) answers \(what); run the command again to continue, or check that it has batches")
        }
    }

    private func error(_ outcome: RetryPolicy.Outcome, _ url: String) -> TeacherError {
        guard case .fault(let fault, _) = outcome else {
            return TeacherError(.unreachable, "no response from \(url): \(outcome.summary); run the command again to continue")
        }
        let code: TeacherError.Code =
            switch fault.kind {
            case .key, .forbidden: .keyRefused
            case .page: .webPage
            case .unknownModel: .unknownModel
            case .quota: .overQuota
            case .throttle, .overloaded, .server: .exhausted
            case .contextLength, .filtered, .rejected: .rejected
            }
        if code == .keyRefused { return TeacherError(code, "\(url) refuses the key (\(outcome.summary)); \(keyAdvice)", cause: fault) }
        return TeacherError(
            code, "\(url) refuses the batch (\(outcome.summary)); what is kept stays kept: run the command again to continue")
    }
}

extension RetryPolicy.Outcome {
    /// True if the endpoint may have carried out the failed request.
    fileprivate var mayHaveWorked: Bool {
        switch self {
        case .fault(let fault, _): fault.status >= 500
        case .unreadable: true
        case .transport(let fault):
            switch fault.kind {
            case .unresolved, .unconnected, .untrusted: false
            case .timeout, .cut, .tooLarge, .stopped, .other: true
            }
        }
    }
}
