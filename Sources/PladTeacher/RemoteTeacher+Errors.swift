import Foundation
import PladHTTP
import PladRecords

extension RemoteTeacher {
    /// The error if the endpoint fails every request.
    func error(after down: RequestGate.Down, attempts: Int) -> TeacherError {
        let last = down.last ?? .unreadable("no answer")
        return error(after: last, attempts: max(1, attempts), isDown: true)
    }

    /// The error for a final outcome: the request, its outcome, and the way out.
    ///
    /// - Parameter forbidsAll: true if a forbidden request means that all are.
    func error(after outcome: RetryPolicy.Outcome, attempts: Int, isDown: Bool, forbidsAll: Bool = false) -> TeacherError {
        let exhausted: TeacherError.Code = isDown ? .down : .exhausted
        let url = endpoint.url
        let tries = attempts == 1 ? "" : " after \(attempts) attempts"
        switch outcome {
        case .fault(let fault, let asked?) where asked > RetryPolicy.patience && fault.isPassing:
            return TeacherError(
                .turnedAway,
                "\(endpoint.origin) asks to wait \(Self.days(asked)) days (HTTP \(fault.status): \(fault.message)), and plad waits for one at most; run the command again then",
                cause: fault)
        case .fault(let fault, _):
            return error(after: fault, tries: tries, exhausted, forbidsAll: forbidsAll)
        case .unreadable(let reason):
            return TeacherError(exhausted, "\(url) sends no readable response\(tries): \(reason)")
        case .transport(let fault):
            switch fault.kind {
            case .unresolved, .unconnected:
                return TeacherError(
                    .unreachable,
                    "cannot reach the teacher at \(url)\(tries): \(fault.reason); check `teacher.remote` and that it is running",
                    cause: fault)
            case .untrusted:
                return TeacherError(
                    .untrusted,
                    "the certificate of \(endpoint.origin) is not trusted: \(fault.reason); set CURL_CA_BUNDLE to its authority's",
                    cause: fault)
            case .tooLarge:
                return TeacherError(
                    .tooLarge, "the response of \(url) is refused: \(fault.reason); lower `teacher.max_tokens`", cause: fault)
            case .stopped:
                return TeacherError(.stopped, "asking \(url) was stopped: \(fault.reason)", cause: fault)
            case .cut, .timeout, .other:
                return TeacherError(
                    exhausted, "no response from \(url)\(tries): \(fault.reason); run the command again to continue", cause: fault)
            }
        }
    }

    /// The number of days with at most one decimal.
    static func days(_ wait: Duration) -> String { (wait / .seconds(86_400)).formatted(.number.precision(.fractionLength(0...1))) }

    private func error(after fault: ProviderFault, tries: String, _ exhausted: TeacherError.Code, forbidsAll: Bool) -> TeacherError {
        let url = endpoint.url
        let said = "HTTP \(fault.status): \(fault.message)"
        switch fault.kind {
        case .quota:
            return TeacherError(
                .overQuota, "\(endpoint.origin) is out of quota (\(said)); top the account up, then run the command again", cause: fault)
        case .key: return keyRefused(said, fault)
        case .forbidden:
            guard !forbidsAll else { return keyRefused(said, fault) }
            return TeacherError(.forbidden, "\(url) withholds a completion of this prompt (\(said))", cause: fault)
        case .page:
            let what = "\(url): \(said)"
            guard forbidsAll else { return TeacherError(.rejected, "\(what); run the command again to ask this once more", cause: fault) }
            return TeacherError(
                .webPage,
                "\(what): a proxy or firewall stands before it, or it is not an API's address; check `teacher.remote` and whether this machine is let in",
                cause: fault)
        default: break
        }
        switch fault.status {
        case 404:
            return TeacherError(
                .unknownModel, "\(url) knows no such model or path (\(said)); check `teacher.model` and `teacher.remote`", cause: fault)
        case 300..<400:
            return TeacherError(
                .rejected, "\(url) redirects (\(said)); plad follows none: give the final address as `teacher.remote`", cause: fault)
        case 400..<500 where ![408, 409, 425, 429].contains(fault.status):
            return TeacherError(
                .rejected, "\(url) refuses the request (\(said)); change the prompt or the parameters it names", cause: fault)
        default:
            return TeacherError(exhausted, "no response from \(url)\(tries) (\(said)); run the command again to continue", cause: fault)
        }
    }

    private func keyRefused(_ said: String, _ fault: ProviderFault) -> TeacherError {
        TeacherError(.keyRefused, "\(endpoint.origin) refuses the key (\(said)); \(keyAdvice)", cause: fault)
    }
}
