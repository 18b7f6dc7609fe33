package import PladRecords

/// An error of this module: a tokenizer or chat template that cannot be read or applied.
package typealias TokenizerError = CodedError<TokenizerErrorCode>

package enum TokenizerErrorCode: ErrorCode {
    /// `tokenizer.json` or its companions are wrong or ask for something that plad does not know.
    case files
    /// The chat template lies outside the subset that plad interprets, or fails on the messages given.
    case template

    package var exitStatus: ExitStatus { .badData }
}
