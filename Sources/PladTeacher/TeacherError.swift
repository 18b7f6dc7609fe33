package import PladRecords

/// An error of this module: the teacher cannot be asked, or does not answer.
package typealias TeacherError = CodedError<TeacherErrorCode>

package enum TeacherErrorCode: String, ErrorCode {
    /// `--remote` is not an address that can be asked.
    case malformedAddress
    /// No connection to the endpoint.
    case unreachable
    /// The endpoint's certificate is not trusted.
    case untrusted
    /// The key, by what the endpoint says, or because it forbids every request.
    case keyRefused
    /// A key would go where it must not: over plain http to another machine, or to an address that only a file names.
    case keyWithheld
    /// HTTP 403 for this request, while others may be answered: the provider withholds the prompt.
    case forbidden
    /// A web page comes in place of every answer: not the API, but what stands before it.
    case webPage
    /// HTTP 404: no such path or model.
    case unknownModel
    /// The account has no money or quota left; waiting does not help.
    case overQuota
    /// The user's own budget does not hold what the request may cost.
    case overBudget
    /// The question lies in an open batch, where it is paid for.
    case inBatch
    /// The endpoint, or the limits on requests and tokens, ask to wait for longer than plad does.
    case turnedAway
    /// The endpoint refuses this request as it stands, for example as longer than its context.
    case rejected
    /// Every attempt that the retry policy allows has failed.
    case exhausted
    /// Prompt after prompt has failed like this, with no answer in between.
    case down
    /// The body is larger than the limit.
    case tooLarge
    /// The client is shut down or its thread has failed.
    case stopped

    package var exitStatus: ExitStatus {
        switch self {
        case .malformedAddress, .keyWithheld: .usage
        case .overBudget, .inBatch, .turnedAway: .tryAgain
        case .stopped: .bug
        default: .unavailable
        }
    }
}

extension TeacherError {
    /// True if every other prompt would meet the same error, so that asking on is pointless.
    package var endsRun: Bool {
        switch code {
        case .malformedAddress, .unreachable, .untrusted, .keyRefused, .keyWithheld, .webPage, .unknownModel, .overQuota, .down,
            .turnedAway, .stopped:
            true
        case .forbidden, .rejected, .exhausted, .tooLarge, .overBudget, .inBatch: false
        }
    }
}
