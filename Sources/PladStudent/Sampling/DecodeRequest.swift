package import PladRecords

/// A prompt to be continued, once for every random stream.
package struct DecodeRequest: Sendable {
    package var prompt: [TokenID]
    /// Temperature, limits and stop strings; `seed` is not looked at, the streams stand for it.
    package var parameters: SamplingParameters
    /// One for each sample of the prompt.
    package var streams: [SeededGenerator]
    /// Who asks: those who wait get slots in turns, however many requests each of them has.
    package var asker: Int

    package init(prompt: [TokenID], parameters: SamplingParameters, streams: [SeededGenerator], asker: Int = 0) {
        self.prompt = prompt
        self.parameters = parameters
        self.streams = streams
        self.asker = asker
    }
}

/// What one step did to one sample.
package struct DecodeEvent: Sendable, Equatable {
    /// The number that `submit` gave.
    package var request: Int
    /// Which of the request's streams, from 0.
    package var sample: Int
    /// The token drawn, an end-of-sequence token included; nil when the sample ended without drawing one.
    package var token: TokenID?
    /// Of the token under the student itself (temperature 1, nothing cut off), nats; 0 without a token.
    package var logProbability: Float
    /// Why the sample ended with this event; nil while it goes on.
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
    /// As drawn, the end-of-sequence token included where it was drawn.
    package var ids: [TokenID]
    /// Without special tokens, and without the stop string and what follows it.
    package var text: String
    package var finishReason: FinishReason
    /// The sum over `ids` under the student itself, nats.
    package var logProbability: Float

    package init(ids: [TokenID], text: String, finishReason: FinishReason, logProbability: Float) {
        self.ids = ids
        self.text = text
        self.finishReason = finishReason
        self.logProbability = logProbability
    }
}
