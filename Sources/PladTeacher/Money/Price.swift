package import PladRecords

/// The price of a model's tokens, in US dollars per million of them.
public struct Price: Sendable, Hashable, Codable {
    public var input: Double
    public var output: Double
    /// For tokens of the prompt that the provider still held from an earlier request; by default the same as others.
    public var cached: Double?

    public init(input: Double, output: Double, cached: Double? = nil) {
        self.input = input
        self.output = output
        self.cached = cached
    }

    /// The price of the same tokens in a batch: half, at both providers.
    package var batched: Price { Price(input: input / 2, output: output / 2, cached: cached.map { $0 / 2 }) }

    /// The cost of these tokens.
    package func cost(promptTokens: Int, completionTokens: Int, cachedTokens: Int = 0) -> Money {
        let cachedTokens = min(cachedTokens, promptTokens)
        let millionths =
            Double(promptTokens - cachedTokens) * input + Double(cachedTokens) * (cached ?? input) + Double(completionTokens) * output
        return Money(dollars: millionths / 1e6)
    }

    package func cost(_ usage: Usage) -> Money {
        cost(promptTokens: usage.promptTokens, completionTokens: usage.completionTokens, cachedTokens: usage.cachedTokens ?? 0)
    }

    /// The cost of a request whose completion is empty: its prompt, at one token a byte.
    package func least(for request: TeacherRequest) -> Money {
        cost(promptTokens: request.bodyText.utf8.count + 64, completionTokens: 0)
    }

    /// The most that a request can cost: no token is shorter than a byte, each message brings a few of its own, and every
    /// answer may be as long as its limit. Surcharges that a price has no number for (long prompts, writes to a provider's cache) are
    /// not in it. Nil where the request has no limit.
    package func most(for request: TeacherRequest) -> Money? {
        guard let limit = request.tokenLimit else { return nil }
        let (tokens, overflow) = limit.multipliedReportingOverflow(by: request.answers)
        return cost(promptTokens: request.bodyText.utf8.count + 64, completionTokens: overflow ? .max : tokens)
    }
}
