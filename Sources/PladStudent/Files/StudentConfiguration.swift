package import PladRecords

/// What the decoder needs to know of a model, whatever family it comes from.
///
/// Shapes in this room: T rows, C width, H heads, G key/value heads, D head width, F feed-forward, V vocabulary, L layers.
package struct StudentConfiguration: Sendable, Equatable {
    /// `model_type` in config.json.
    package var family: String
    /// V, the rows of the embedding; at least the tokenizer's size.
    package var vocabularySize: Int
    /// The most tokens that prompt and completion may have together.
    package var contextLength: Int
    /// C
    package var width: Int
    /// L
    package var layerCount: Int
    /// H
    package var headCount: Int
    /// G; every H/G heads share one key and value.
    package var keyValueHeadCount: Int
    /// D
    package var headWidth: Int
    /// F
    package var feedForwardWidth: Int
    package var normEpsilon: Float
    package var rotary: RotaryConfiguration
    /// The embedding serves as the output head too.
    package var tiedEmbeddings: Bool
    /// Standard deviation of a new student's random weights.
    package var initializerRange: Double
    /// Ids that end a sequence as config.json names them; generation_config.json comes first.
    package var endOfSequence: [TokenID]
    package var beginningOfSequence: TokenID?

    /// Columns of the joined query, key and value projection: (H + 2G)·D.
    package var queryKeyValueWidth: Int { (headCount + 2 * keyValueHeadCount) * headWidth }
    /// Columns of all heads side by side: H·D.
    package var attentionWidth: Int { headCount * headWidth }
}

/// Rotary position embedding (Su et al. 2021): pair i of a head turns by position · theta^(-2i/D), the frequencies bent by `scaling`.
package struct RotaryConfiguration: Sendable, Equatable {
    package var theta: Double
    package var scaling: Scaling

    package enum Scaling: Sendable, Equatable {
        case none
        /// All positions divided by a factor.
        case linear(factor: Double)
        /// Llama 3.1: low frequencies divided by `factor`, high ones kept, a ramp between
        /// (transformers 5, `modeling_rope_utils.py`, `_compute_llama3_parameters`).
        case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContext: Int)
    }
}
