package import PladRecords

/// An error of this module: a tokenizer or chat template that cannot be read or applied.
package typealias TokenizerError = CodedError<TokenizerErrorCode>

package enum TokenizerErrorCode: ErrorCode {
    /// `tokenizer.json` or a file beside it is wrong or uses something that plad does not implement.
    case files
    /// The chat template is outside the subset that plad implements, or fails on the given messages.
    case template

    package var exitStatus: ExitStatus { .badData }
}
