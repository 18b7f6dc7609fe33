package import Foundation

/// A request sent to the endpoint, for the attempt log.
package struct Attempt: Sendable {
    package var request: TeacherRequest
    /// Number of the attempt for this completion, from 1.
    package var number: Int
    package var started: Date
    package var duration: Duration
    /// HTTP status; nil without a whole response.
    package var status: Int?
    /// Reason of the failure; nil if it brought a completion.
    package var fault: String?
    /// Wait before the next attempt; nil if there is none.
    package var retryAfter: Duration?
    /// Provider's id of the request, for its support.
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
