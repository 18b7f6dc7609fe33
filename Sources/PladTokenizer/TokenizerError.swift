package import PladRecords

/// An error of this module: a tokenizer or chat template that cannot be read or applied.
package struct TokenizerError: Failure {
    package enum Code: Sendable {
        /// `tokenizer.json` or a file beside it is wrong or uses something that plad does not implement.
        case files
        /// The chat template is outside the subset that plad implements, or fails on the given messages.
        case template
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var exitStatus: ExitStatus { .badData }
}
