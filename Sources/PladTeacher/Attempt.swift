package import Foundation

/// One request over the wire, as the attempt log sees it.
package struct Attempt: Sendable {
    package var request: TeacherRequest
    /// Which attempt for this answer it is, from 1.
    package var number: Int
    package var started: Date
    package var duration: Duration
    /// The HTTP status; nil when no whole response came.
    package var status: Int?
    /// Why it brought no answer; nil when it did.
    package var fault: String?
    /// The wait before the next attempt; nil when there is none.
    package var retryAfter: Duration?
    /// The provider's own name for it, which its support asks for.
    package var requestID: String?

    package init(
        request: TeacherRequest, number: Int, started: Date, duration: Duration, status: Int?, fault: String?, retryAfter: Duration?,
        requestID: String? = nil
    ) {
        self.request = request
        self.number = number
        self.started = started
        self.duration = duration
        self.status = status
        self.fault = fault
        self.retryAfter = retryAfter
        self.requestID = requestID
    }
}
