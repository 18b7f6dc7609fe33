import Foundation
package import PladRecords
package import PladTensor

/// What the transformer needs to know of a model, whatever family it comes from.
///
/// Shapes in this room: T rows, C width, H heads, G key/value heads, D head width, F feed-forward, V vocabulary, L layers.
package struct StudentConfiguration: Sendable, Equatable {
    /// `model_type` in config.json.
    package var family: String
    /// V, the rows of the embedding; at least the tokenizer's size.
    package var vocabularySize: Int
    /// The most tokens that prompt and completion may have together; of an encoder-decoder, each.
    package var contextLength: Int
    /// C
    package var width: Int
    /// L, of the decoder.
    package var layerCount: Int
    /// Of the encoder; 0 where there is none.
    package var encoderLayerCount = 0
    /// H
    package var headCount: Int
    /// G; every H/G heads share one key and value.
    package var keyValueHeadCount: Int
    /// D
    package var headWidth: Int
    /// F
    package var feedForwardWidth: Int
    package var norm: Norm = .rootMeanSquare
    package var normEpsilon: Float
    /// Queries and keys pass a norm head by head before they are rotated.
    package var normsHeads = false
    package var positions: Positions
    /// What products of queries and keys are multiplied by; nil is 1/√D.
    package var attentionScale: Float?
    /// By layer: how many keys a row sees, itself included; nil is all. Empty where no layer has a window.
    package var windows: [Int?] = []
    package var activation: Activation = .silu
    /// The feed-forward layer multiplies the activation by a second projection.
    package var isGated = true
    package var biases: Biases = []
    /// What the final norm's output is multiplied by before the head.
    package var headScale: Float = 1
    /// The embedding serves as the output head too.
    package var tiedEmbeddings: Bool
    /// A new student's random weights.
    package var initialisation: Initialisation
    /// Ids that end a sequence as config.json names them; generation_config.json comes first.
    package var endOfSequence: [TokenID]
    package var beginningOfSequence: TokenID?
    /// What an encoder-decoder's decoder reads first; nil for models without an encoder.
    package var decoderStart: TokenID?

    /// Columns of the joined query, key and value projection: (H + 2G)·D.
    package var queryKeyValueWidth: Int { (headCount + 2 * keyValueHeadCount) * headWidth }
    /// Columns of all heads side by side: H·D.
    package var attentionWidth: Int { headCount * headWidth }
    /// Columns of a feed-forward layer's first projection: F, or 2F for gate and up.
    package var feedForwardUpWidth: Int { (isGated ? 2 : 1) * feedForwardWidth }
    package var hasEncoder: Bool { decoderStart != nil }

    /// The matrices' numbers, in floating point so that damaged sizes do no harm.
    var roughParameters: Double {
        let (width, attention) = (Double(width), Double(headCount) * Double(headWidth))
        let keyValue = 2 * Double(keyValueHeadCount) * Double(headWidth)
        let layer = width * (4 * attention + 2 * keyValue + 3 * Double(feedForwardWidth))
        let tables = width * (2 * Double(vocabularySize) + (positions == .learned ? Double(contextLength) : 0))
        return tables + layer * Double(layerCount + encoderLayerCount)
    }

    /// Whether the context holds a prompt and a completion of these many tokens.
    package func fits(prompt: Int, completion: Int) -> Bool {
        completion <= room(prompt: prompt)
    }

    /// The most tokens that a completion of a prompt may have; less than 1 where the prompt alone is too long.
    package func room(prompt: Int) -> Int {
        if hasEncoder { return prompt > contextLength ? 0 : contextLength - 1 }
        return contextLength - prompt
    }

    package enum Norm: Sendable, Equatable {
        case rootMeanSquare
        /// With mean and bias.
        case layer
    }

    /// How the model knows where a token stands.
    package enum Positions: Sendable, Equatable {
        case rotary(RotaryConfiguration)
        /// A vector for each position, added to the token's.
        case learned
        /// A number for each distance of query and key, added to scores.
        case relative(RelativeConfiguration)
    }

    /// Linear layers that add a bias.
    package struct Biases: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let queryKeyValue = Biases(rawValue: 1)
        package static let attentionOutput = Biases(rawValue: 2)
        package static let feedForward = Biases(rawValue: 4)
    }

    /// Standard deviations of a new model's matrices, as transformers' `_init_weights` has them.
    package enum Initialisation: Sendable, Equatable {
        /// `initializer_range`, the same for all.
        case same(Double)
        /// The same but for projections back to the residual stream, which are divided by √(2·layers) (GPT-2).
        case sameButResidual(Double, layers: Int)
        /// T5's: by the layer's inputs, times `initializer_factor`.
        case byInputs(factor: Double, width: Int, headWidth: Int)

        func deviation(_ initializer: TensorLayout.Initializer, shape: [Int]) -> Double {
            switch (initializer, self) {
            case (.one, _), (.zero, _): 0
            case (_, .same(let deviation)): deviation
            case (.residual, .sameButResidual(let deviation, let layers)): deviation / Double(2 * layers).squareRoot()
            case (_, .sameButResidual(let deviation, _)): deviation
            case (.embedding, .byInputs(let factor, _, _)), (.head, .byInputs(let factor, _, _)): factor
            case (.relativeBias, .byInputs(let factor, let width, _)): factor / Double(width).squareRoot()
            case (.query, .byInputs(let factor, _, let headWidth)): factor / Double(shape[1] * headWidth).squareRoot()
            case (_, .byInputs(let factor, _, _)): factor / Double(shape[1]).squareRoot()
            }
        }
    }
}

/// Rotary position embedding (Su et al. 2021): pair i of a head turns by position · theta^(-2i/D), the frequencies bent by `scaling`.
package struct RotaryConfiguration: Sendable, Equatable {
    package var theta: Double
    package var scaling: Scaling

    package init(theta: Double, scaling: Scaling) {
        self.theta = theta
        self.scaling = scaling
    }

    package enum Scaling: Sendable, Equatable {
        case none
        /// All positions divided by a factor.
        case linear(factor: Double)
        /// Llama 3.1: low frequencies divided by `factor`, high ones kept, a ramp between
        /// (transformers 5, `modeling_rope_utils.py`, `_compute_llama3_parameters`).
        case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContext: Int)
    }
}

/// T5's relative positions (Raffel et al. 2020): few buckets, one a distance when near, logarithmically wider ones farther off.
package struct RelativeConfiguration: Sendable, Equatable {
    package var buckets: Int
    /// From here on all distances share the last bucket.
    package var maximumDistance: Int

    package init(buckets: Int, maximumDistance: Int) {
        self.buckets = buckets
        self.maximumDistance = maximumDistance
    }

    /// The bucket of distance key − query (transformers 5, `modeling_t5.py`, `_relative_position_bucket`, in its float32).
    package func bucket(distance: Int, bothWays: Bool) -> Int {
        let count = bothWays ? buckets / 2 : buckets
        let side = bothWays && distance > 0 ? count : 0
        let away = bothWays ? abs(distance) : max(0, -distance)
        let exact = count / 2
        guard away >= exact else { return side + away }
        let octaves = log(Float(away) / Float(exact)) / Float(log(Double(maximumDistance) / Double(exact)))
        return side + min(count - 1, exact + Int(octaves * Float(count - exact)))
    }
}
