package import PladRecords

/// An error of this module: an invalid script.
package typealias MockError = CodedError<MockErrorCode>

package enum MockErrorCode: ErrorCode {
    /// The script of a mock teacher is wrong.
    case script

    package var exitStatus: ExitStatus { .badData }
}
