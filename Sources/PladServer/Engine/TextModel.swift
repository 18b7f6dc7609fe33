package import PladRecords

/// A local model as the endpoint sees it: text and ids in, text out as it comes.
package protocol TextModel: Sendable {
    /// What clients call it.
    var name: String { get }
    /// The most tokens that prompt and completion have together.
    var contextLength: Int { get }
    /// The most tokens that a completion of a prompt of so many may have; less than 1 where the prompt alone is too long.
    func room(prompt: Int) -> Int
    var vocabularySize: Int { get }
    /// The ids of a prompt that is to be continued, special tokens of a text's start included.
    func encode(_ prompt: String) -> [TokenID]
    /// The ids of a conversation up to where the assistant's turn starts. Throws a `Failure` when it does not fit the model's template.
    func encode(_ messages: [Message]) throws -> [TokenID]
    /// Starts to continue a prompt. Whoever stops reading the stream, or is cancelled, cancels the request.
    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GeneratedPiece, any Error>
}

/// One prompt to be continued.
package struct GenerationRequest: Sendable, Equatable {
    package var prompt: [TokenID]
    package var parameters: SamplingParameters
    /// How many completions to draw, each from a random stream of its own.
    package var samples: Int
    /// Pieces as they come; otherwise one piece for each sample, at its end.
    package var streams: Bool
    /// Names the call that it belongs to: calls are served in turns, however much each of them asks for.
    package var asker: Int

    package init(prompt: [TokenID], parameters: SamplingParameters, samples: Int = 1, streams: Bool = false, asker: Int = 0) {
        self.prompt = prompt
        self.parameters = parameters
        self.samples = samples
        self.streams = streams
        self.asker = asker
    }
}

/// A part of a completion. A sample's texts, joined, are its completion: no stop string, no special tokens.
package struct GeneratedPiece: Sendable, Equatable {
    package var sample: Int
    package var text: String
    /// Tokens drawn since the sample's last piece, those of a stop string and of the end included.
    package var tokens: Int
    /// Set on a sample's last piece.
    package var finishReason: FinishReason?

    package init(sample: Int, text: String, tokens: Int, finishReason: FinishReason? = nil) {
        self.sample = sample
        self.text = text
        self.tokens = tokens
        self.finishReason = finishReason
    }
}
