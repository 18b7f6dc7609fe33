package import PladRecords

/// A prompt to continue, once for every random stream.
package struct DecodeRequest: Sendable {
    package var prompt: [TokenID]
    /// Temperature, limits and stop strings; `seed` is ignored in favour of the streams.
    package var parameters: SamplingParameters
    /// Random streams, one for each sample of the prompt.
    package var streams: [SeededGenerator]
    /// Number of the client: clients get slots in turns, however many requests each of them has.
    package var asker: Int

    package init(prompt: [TokenID], parameters: SamplingParameters, streams: [SeededGenerator], asker: Int = 0) {
        self.prompt = prompt
        self.parameters = parameters
        self.streams = streams
        self.asker = asker
    }
}

/// The effect of one step on one sample.
package struct DecodeEvent: Sendable, Equatable {
    /// Number of the request, as `submit` returned it.
    package var request: Int
    /// Index of the stream in the request, from 0.
    package var sample: Int
    /// The token drawn, also if it ends the sequence; nil if the sample ended without drawing one.
    package var token: TokenID?
    /// Log-probability of the token under the student itself (temperature 1, all tokens), nats; 0 without a token.
    package var logProbability: Float
    /// Reason for the sample's end with this event; nil while it goes on.
    package var finish: FinishReason?

    package init(request: Int, sample: Int, token: TokenID?, logProbability: Float, finish: FinishReason?) {
        self.request = request
        self.sample = sample
        self.token = token
        self.logProbability = logProbability
        self.finish = finish
    }
}

/// A completion that the student drew.
package struct Sample: Sendable, Equatable {
    /// Ids as drawn, with the end-of-sequence token if it was drawn.
    package var ids: [TokenID]
    /// Text without special tokens, cut before the stop string.
    package var text: String
    package var finishReason: FinishReason
    /// Sum of the log-probabilities of `ids` under the student itself, nats.
    package var logProbability: Float

    package init(ids: [TokenID], text: String, finishReason: FinishReason, logProbability: Float) {
        self.ids = ids
        self.text = text
        self.finishReason = finishReason
        self.logProbability = logProbability
    }
}
