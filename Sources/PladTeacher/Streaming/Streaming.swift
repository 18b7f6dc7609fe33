import PladHTTP
package import PladRecords

/// The choice of the completions to stream: a stream keeps a long request's connection busy, and can be given up when it goes silent
/// rather than when it takes long.
///
/// Streaming changes the transport, not the completion: the body without it decides the key.
public enum Streaming: String, Sendable, CaseIterable, Codable {
    /// Streams if the limit on tokens is above 1,000, unless the endpoint refuses streams.
    case auto
    case always
    case never

    func applies(to request: TeacherRequest) -> Bool {
        switch self {
        case .auto: (request.tokenLimit ?? .max) > 1000
        case .always: true
        case .never: false
        }
    }
}

/// Decides if the attempts for one completion are streamed; a pure value.
///
/// With `auto`, a stream that the endpoint refuses is followed at once by the same request without one, and an endpoint whose streams
/// break is asked without one from the third attempt on.
struct StreamUse {
    private(set) var isOn: Bool
    /// True if the endpoint has refused a stream, or sent only broken ones.
    private(set) var isRefused = false
    private let mayGiveWay: Bool
    private var broken = 0

    init(_ streaming: Streaming, _ request: TeacherRequest, isRefused: Bool) {
        mayGiveWay = streaming == .auto
        isOn = streaming.applies(to: request) && !(mayGiveWay && isRefused)
    }

    /// Records the outcome of an attempt. Returns true if the next attempt follows at once, without a stream.
    mutating func gaveWay(to outcome: RetryPolicy.Outcome) -> Bool {
        guard isOn, mayGiveWay else { return false }
        switch outcome {
        case .fault(let fault, _):
            // OpenAI's 400 for organisations that are not verified, Mistral's 422 for a field it does not know, a 404 or 405
            // for the address of a stream. Whether it is for the stream, the same request without one tells.
            let mayBeForIt = fault.status == 501 || [.rejected, .unknownModel, .page].contains(fault.kind)
            guard [400, 404, 405, 415, 422, 501].contains(fault.status), mayBeForIt else {
                return false
            }
            (isOn, isRefused) = (false, true)
            return true
        case .unreadable:
            broken += 1
            if broken == 2 { (isOn, isRefused) = (false, true) }
            return false
        case .transport:
            return false
        }
    }
}

/// A request in the form to send, if that differs from the form in keys.
package struct WireForm: Sendable, Equatable {
    package var path: String
    package var body: JSONValue

    /// Makes the form in keys.
    package init(_ request: TeacherRequest) {
        path = request.path
        body = request.body
    }

    /// The form with additional fields, except those that the user's fields set.
    func adding(_ fields: [String: JSONValue], over: Set<String> = []) -> WireForm {
        var form = self
        let given = (body.object ?? [:]).filter { !over.contains($0.key) }
        form.body = .object(fields.overlaid(with: given))
        return form
    }
}
