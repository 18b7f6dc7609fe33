package import PladRecords

/// A local model as the endpoint uses it: text or ids in, pieces of text out.
package protocol TextModel: Sendable {
    /// Name of the model for clients.
    var name: String { get }
    /// Largest number of tokens of prompt and completion together.
    var contextLength: Int { get }
    /// Largest number of completion tokens after a prompt of this many; less than 1 if the prompt alone is too long.
    func room(prompt: Int) -> Int
    var vocabularySize: Int { get }
    /// The ids of a prompt, special tokens at the start of a text included.
    func encode(_ prompt: String) -> [TokenID]
    /// The ids of a conversation up to the start of the assistant's turn. Throws a `Failure` if it does not fit the model's template.
    func encode(_ messages: [Message]) throws -> [TokenID]
    /// Starts a completion of a prompt. To stop reading the stream, or to be cancelled, cancels the request.
    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GeneratedPiece, any Error>
}

/// A request to complete one prompt.
package struct GenerationRequest: Sendable, Equatable {
    package var prompt: [TokenID]
    package var parameters: SamplingParameters
    /// Number of completions to draw, each from its own random stream.
    package var samples: Int
    /// True for pieces as they are generated; false for one piece for each sample, at its end.
    package var streams: Bool
    /// Number of the call that it belongs to: calls get turns, whatever the number of their requests.
    package var asker: Int

    package init(prompt: [TokenID], parameters: SamplingParameters, samples: Int = 1, streams: Bool = false, asker: Int = 0) {
        self.prompt = prompt
        self.parameters = parameters
        self.samples = samples
        self.streams = streams
        self.asker = asker
    }
}

/// A part of a completion. A sample's pieces, joined, are its completion, without stop string and special tokens.
package struct GeneratedPiece: Sendable, Equatable {
    package var sample: Int
    package var text: String
    /// Number of tokens drawn since the sample's last piece, those of a stop string and of the end included.
    package var tokens: Int
    /// Reason of the end, set on a sample's last piece only.
    package var finishReason: FinishReason?

    package init(sample: Int, text: String, tokens: Int, finishReason: FinishReason? = nil) {
        self.sample = sample
        self.text = text
        self.tokens = tokens
        self.finishReason = finishReason
    }
}
