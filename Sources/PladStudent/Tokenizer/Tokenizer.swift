package import Foundation
package import PladRecords

/// Text to token ids and back, as a Hugging Face `tokenizer.json` describes it.
package final class Tokenizer: Sendable {
    /// One more than the highest token id, added tokens included.
    package let vocabularySize: Int
    package let beginningOfSequence: TokenID?
    package let endOfSequence: TokenID?
    /// The student's own chat template, where its folder holds one.
    package let chatTemplate: ChatTemplate?

    /// Reads `tokenizer.json` and, where present, `tokenizer_config.json`, `special_tokens_map.json` and
    /// `chat_template.jinja`.
    ///
    /// Throws `StudentError` that names file and field; what plad does not know is refused by its name.
    package init(folder: URL) throws {
        throw StudentError(.tokenizer, "\(folder.path)/tokenizer.json: no tokenizer model is known")
    }

    /// The ids of a text. `addSpecialTokens` adds those of the post-processor, such as a beginning-of-sequence token.
    package func encode(_ text: String, addSpecialTokens: Bool) -> [TokenID] { [] }

    /// The ids of a text that stands directly after a prompt: no special tokens, no dummy prefix space, so that
    /// the texts of prompt and continuation concatenate exactly.
    package func encodeContinuation(_ text: String) -> [TokenID] { [] }

    /// The text of ids that start a text.
    package func decode(_ ids: [TokenID], skipSpecialTokens: Bool) -> String { "" }

    /// The text of ids that stand directly after others: special tokens skipped, a leading space kept.
    package func decodeContinuation(_ ids: [TokenID]) -> String { "" }

    /// Decodes a continuation token by token.
    package func streamingDecoder() -> StreamingDecoder { StreamingDecoder() }

    package func id(of token: String) -> TokenID? { nil }

    package func token(of id: TokenID) -> String? { nil }
}
