package import PladRecords

/// An error of this module: a tokenizer or chat template that cannot be read or applied.
package struct TokenizerError: Failure {
    package enum Code: Sendable {
        /// `tokenizer.json` or its companions are wrong or ask for something that plad does not know.
        case files
        /// The chat template lies outside the subset that plad interprets, or fails on the messages given.
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
