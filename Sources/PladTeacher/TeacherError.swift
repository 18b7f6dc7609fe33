package import PladRecords

/// An error of this module: a teacher that cannot be asked or does not answer.
package typealias TeacherError = CodedError<TeacherErrorCode>

package enum TeacherErrorCode: String, ErrorCode {
    /// The teacher's address is not valid.
    case malformedAddress
    /// There is no connection to the endpoint.
    case unreachable
    /// The endpoint's certificate is not trusted.
    case untrusted
    /// The key was refused, or every request is forbidden.
    case keyRefused
    /// A key would go to a wrong place: over plain http to another machine, or to an address that only a file names.
    case keyWithheld
    /// HTTP 403 for this request, while others may succeed: the provider refuses the prompt.
    case forbidden
    /// A web page arrives in place of every response: something other than the API answers.
    case webPage
    /// HTTP 404: the path or model does not exist.
    case unknownModel
    /// The account has no money or quota left; waiting does not help.
    case overQuota
    /// The user's own budget does not hold the upper bound of the request's cost.
    case overBudget
    /// The request is in an open batch, where it is paid for.
    case inBatch
    /// The endpoint, or the limits on requests and tokens, require a longer wait than plad allows.
    case turnedAway
    /// The endpoint refuses this request, for example because it exceeds the context.
    case rejected
    /// Every attempt that the retry policy allows has failed.
    case exhausted
    /// Consecutive prompts have failed in the same way, without a completion in between.
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
    /// True if every other prompt would meet the same error, so that the run should end.
    package var endsRun: Bool {
        switch code {
        case .malformedAddress, .unreachable, .untrusted, .keyRefused, .keyWithheld, .webPage, .unknownModel, .overQuota, .down,
            .turnedAway, .stopped:
            true
        case .forbidden, .rejected, .exhausted, .tooLarge, .overBudget, .inBatch: false
        }
    }
}
