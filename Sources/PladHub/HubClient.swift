import Foundation
package import PladHTTP
import PladRecords

/// A client of a Hub: repeats attempts by the retry policy, follows redirects, and sends the token only to the Hub, and only encrypted
/// or on this machine.
package struct HubClient: Sendable {
    let endpoint: String
    let transport: any Transport
    /// Token to send; nil without one, or if it would leave this machine unencrypted.
    let token: Credential?
    /// True if there is a token that is not sent.
    private let withholdsToken: Bool
    /// Prototype of the retrier of each request.
    let retrier: Retrier
    /// True once any response has arrived: before that, an unreachable address is taken for a wrong one.
    private let hasContact = Locked(false)

    /// - Parameter endpoint: address of the Hub, for example from `HF_ENDPOINT`.
    package init(
        endpoint: String = "https://huggingface.co", transport: any Transport, token: Credential?,
        policy: RetryPolicy = RetryPolicy(attempts: 6), clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.endpoint = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        self.transport = transport
        withholdsToken = token != nil && Self.origin(endpoint)[0] != "https" && !Loopback.contains(url: endpoint)
        self.token = withholdsToken ? nil : token
        retrier = Retrier(policy, clock: clock)
    }

    /// The outcome of one attempt.
    enum Outcome {
        case response(Response)
        case again(RetryPolicy.Outcome)
    }

    /// The document at a path of the Hub's API, with its response.
    func document(_ path: String, of model: HubModel) async throws -> (JSONValue, Response) {
        var retrier = retrier
        while true {
            switch try await send(endpoint + path, of: model, { $0 }) {
            case .response(let response):
                guard let document = try? JSONValue(parsing: response.body) else {
                    try await goOn(&retrier, after: .unreadable("no JSON"), of: model)
                    continue
                }
                return (document, response)
            case .again(let outcome): try await goOn(&retrier, after: outcome, of: model)
            }
        }
    }

    /// Makes one attempt, over at most five redirects. `shape` modifies the request: a range, a receiver.
    func send(_ url: String, of model: HubModel, _ shape: (HTTPRequest) -> HTTPRequest) async throws -> Outcome {
        var url = url
        for _ in 0...5 {
            var request = shape(HTTPRequest(url: url))
            if let token, Self.origin(url) == Self.origin(endpoint) { request.headers.append(token.header(.bearer)) }
            let response: Response
            do {
                response = try await transport.send(request)
                hasContact.withLock { $0 = true }
            } catch let fault as TransportFault {
                return .again(.transport(fault))
            }
            switch response.status {
            case 200..<300: return .response(response)
            case 301, 302, 303, 307, 308:
                guard let location = response.headers["location"], let base = URL(string: url),
                    let next = URL(string: location, relativeTo: base)?.absoluteURL, ["http", "https"].contains(next.scheme ?? ""),
                    // From a secure address only to a secure one.
                    next.scheme == "https" || base.scheme == "http"
                else { throw HubError(.mismatch, "\(url) redirects to no address that can be followed") }
                url = next.absoluteString
            case 416: return .response(response)
            case 401, 403, 404: throw refusal(response, of: model)
            default:
                let fault = ProviderFault(status: response.status, reading: response.body)
                return .again(.fault(fault, retryAfter: RetryAfter.wait(in: response.headers)))
            }
        }
        throw HubError(.mismatch, "\(url): more than five redirects")
    }

    /// Waits for the next attempt. Throws `HubError.unreachable` if there is none.
    func goOn(_ retrier: inout Retrier, after outcome: RetryPolicy.Outcome, of model: HubModel) async throws {
        if try await retrier.goOn(after: outcome, contacted: hasContact.withLock { $0 }) { return }
        let way = isUnconnected(outcome) ? "check the network, HTTPS_PROXY and HF_ENDPOINT" : "run the command again to continue"
        let tries = retrier.attempt == 1 ? "" : " after \(retrier.attempt) attempts"
        throw HubError(.unreachable, "cannot fetch \(model) from \(endpoint)\(tries): \(outcome.summary); \(way)")
    }

    private func isUnconnected(_ outcome: RetryPolicy.Outcome) -> Bool {
        if case .transport(let fault) = outcome { [.unresolved, .unconnected, .untrusted].contains(fault.kind) } else { false }
    }

    /// The error for a refused request; the Hub names its reasons in a header, and answers 404 for a private model.
    private func refusal(_ response: Response, of model: HubModel) -> HubError {
        let way =
            if withholdsToken {
                "the token was not sent, since it would go to \(endpoint) unencrypted; set HF_ENDPOINT to its https address"
            } else if token == nil {
                "set HF_TOKEN to a token that may read it"
            } else {
                "check that the account of HF_TOKEN may read it and has accepted its terms"
            }
        switch response.headers["x-error-code"] {
        case "RevisionNotFound": return HubError(.unknown, "\(model) has no revision \(model.revision)")
        case "EntryNotFound": return HubError(.unknown, "\(model) has no such file: \(response.headers["x-error-message"] ?? "")")
        case "GatedRepo": return HubError(.refused, "\(model) is gated: accept its terms at \(endpoint)/\(model), then \(way)")
        case _ where response.status == 404: return HubError(.unknown, "\(endpoint) has no model \(model); or it is private: \(way)")
        default:
            return HubError(
                .refused, "\(endpoint) does not give \(model) (HTTP \(response.status)): no such model, or it is private: \(way)")
        }
    }

    /// Scheme, host and port of an address, which decide if the token may be sent.
    private static func origin(_ url: String) -> [String?] {
        let parts = URLComponents(string: url)
        let port = parts?.port ?? (parts?.scheme?.lowercased() == "https" ? 443 : 80)
        return [parts?.scheme?.lowercased(), parts?.host?.lowercased(), String(port)]
    }
}
