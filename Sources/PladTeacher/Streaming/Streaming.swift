import PladHTTP
package import PladRecords

/// When answers are streamed: sent while they are made, so that a long one keeps its connection busy, and is given up when
/// it goes silent rather than when it takes long.
///
/// Streaming changes how an answer comes, not what it is: the body without it decides the key.
public enum Streaming: String, Sendable, CaseIterable, Codable {
    /// Where the limit on tokens is above 1,000, and as long as the endpoint goes along.
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

/// Decides if the attempts for one completion are streamed: a pure value.
///
/// Where the user leaves it to plad, an endpoint that refuses a stream is asked for the same without one, at once, and one
/// whose streams come broken is asked without from the third attempt on.
struct StreamUse {
    private(set) var isOn: Bool
    /// True if the endpoint has refused a stream, or sent nothing but broken ones.
    private(set) var isRefused = false
    private let mayGiveWay: Bool
    private var broken = 0

    init(_ streaming: Streaming, _ request: TeacherRequest, isRefused: Bool) {
        mayGiveWay = streaming == .auto
        isOn = streaming.applies(to: request) && !(mayGiveWay && isRefused)
    }

    /// Takes in what an attempt came to. Returns whether the next is made at once, without a stream.
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

/// A request as it goes over the wire, where that is not as it is keyed.
package struct WireForm: Sendable, Equatable {
    package var path: String
    package var body: JSONValue

    /// The request as it is keyed.
    package init(_ request: TeacherRequest) {
        path = request.path
        body = request.body
    }

    /// With fields laid over the body, except where the user has put some there.
    func adding(_ fields: [String: JSONValue], over: Set<String> = []) -> WireForm {
        var form = self
        let given = (body.object ?? [:]).filter { !over.contains($0.key) }
        form.body = .object(fields.overlaid(with: given))
        return form
    }
}
