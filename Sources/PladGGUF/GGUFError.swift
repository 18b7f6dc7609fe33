package import PladRecords

/// An error of GGUF files: one that is damaged or unknown, a student that llama.cpp has no like of, or values that a type does not hold.
package typealias GGUFError = CodedError<GGUFErrorCode>

package enum GGUFErrorCode: ErrorCode {
    /// The file is damaged, or holds what plad does not read.
    case file
    /// llama.cpp does not compute what the student does: its family, its windows, its positions.
    case model
    /// llama.cpp has no tokenizer that cuts texts as the student's does.
    case tokenizer
    /// A value is beyond what the type holds.
    case values

    package var exitStatus: ExitStatus { .badData }
}
