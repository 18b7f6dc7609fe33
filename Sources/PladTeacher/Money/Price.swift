package import PladRecords

/// The price of a model's tokens, in US dollars per million of them.
public struct Price: Sendable, Hashable, Codable {
    public var input: Double
    public var output: Double
    /// Price of prompt tokens read from the provider's cache; by default the same as that of others.
    public var cached: Double?

    public init(input: Double, output: Double, cached: Double? = nil) {
        self.input = input
        self.output = output
        self.cached = cached
    }

    /// Price of the same tokens in a batch: half, at both providers.
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

    /// Lower bound of a request's cost, with an empty completion: its prompt, at one token a byte.
    package func least(for request: TeacherRequest) -> Money {
        cost(promptTokens: request.bodyText.utf8.count + 64, completionTokens: 0)
    }

    /// Upper bound of a request's cost: every token has at least one byte, each message adds a few tokens, and every completion may
    /// reach its limit. Surcharges without a number in `Price` (long prompts, writes to a provider's cache) are not included. Nil if
    /// the request has no limit.
    package func most(for request: TeacherRequest) -> Money? {
        guard let limit = request.tokenLimit else { return nil }
        let (tokens, overflow) = limit.multipliedReportingOverflow(by: request.answers)
        return cost(promptTokens: request.bodyText.utf8.count + 64, completionTokens: overflow ? .max : tokens)
    }
}
