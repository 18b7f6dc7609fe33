import Foundation
package import PladRecords
package import PladTensor

/// The shape and variant of the transformer, independent of the model's family.
///
/// The letters for shapes in this room: T rows, C width, H heads, G key/value heads, D head width, F feed-forward, V vocabulary, L
/// layers.
package struct StudentConfiguration: Sendable, Equatable {
    /// Value of `model_type` in config.json.
    package var family: String
    /// V, the number of rows of the embedding; at least the tokenizer's size.
    package var vocabularySize: Int
    /// Largest number of tokens of prompt and completion together; in an encoder-decoder, of each.
    package var contextLength: Int
    /// C, the width of the residual stream.
    package var width: Int
    /// L, the number of the decoder's layers.
    package var layerCount: Int
    /// Number of the encoder's layers; 0 without an encoder.
    package var encoderLayerCount = 0
    /// H, the number of heads.
    package var headCount: Int
    /// G, the number of key/value heads; every H/G heads share one.
    package var keyValueHeadCount: Int
    /// D, the width of a head.
    package var headWidth: Int
    /// F, the width of the feed-forward layer.
    package var feedForwardWidth: Int
    package var norm: Norm = .rootMeanSquare
    package var normEpsilon: Float
    /// Added to the gains of RMS norms: 1 if the files hold the distance from 1 (Gemma).
    package var gainOffset: Float = 0
    /// The norm of queries and keys before the rotation; nil for none.
    package var headNorm: HeadNorm?
    /// True if the outputs of attention and feed-forward pass a norm before they are added to the residual stream.
    package var normsOutputs = false
    /// Factor on the outputs of attention and feed-forward before they are added to the residual stream.
    package var residualScale: Float = 1
    /// Factor on the embeddings of tokens.
    package var embeddingScale: Float = 1
    package var positions: Positions
    /// Rotary positions by layer, nil for a layer without; empty if all layers have those of `positions`.
    package var layerRotary: [RotaryConfiguration?] = []
    /// Factor on products of queries and keys; nil is 1/√D.
    package var attentionScale: Float?
    /// Soft bounds of scaled products of queries and keys, and of logits: x ↦ cap·tanh(x / cap); nil for none (Gemma 2).
    package var scoreCap, logitCap: Float?
    /// Number of keys that a row sees, itself included, by layer; nil is all. Empty if no layer has a window.
    package var windows: [Int?] = []
    package var activation: Activation = .silu
    /// True if the feed-forward layer multiplies the activation by a second projection.
    package var isGated = true
    package var biases: Biases = []
    /// Factor on the final norm's output before the head.
    package var headScale: Float = 1
    /// True if the embedding is also the output head.
    package var tiedEmbeddings: Bool
    /// Distribution of a new student's random weights.
    package var initialisation: Initialisation
    /// Ids that end a sequence, from config.json; generation_config.json takes precedence.
    package var endOfSequence: [TokenID]
    package var beginningOfSequence: TokenID?
    /// First input token of an encoder-decoder's decoder; nil for models without an encoder.
    package var decoderStart: TokenID?

    /// Number of columns of the joined query, key and value projection: (H + 2G)·D.
    package var queryKeyValueWidth: Int { (headCount + 2 * keyValueHeadCount) * headWidth }
    /// Number of columns of all heads together: H·D.
    package var attentionWidth: Int { headCount * headWidth }
    /// Number of columns of a feed-forward layer's first projection: F, or 2F for gate and up.
    package var feedForwardUpWidth: Int { (isGated ? 2 : 1) * feedForwardWidth }
    package var hasEncoder: Bool { decoderStart != nil }
    /// True if anything is done to the outputs of attention and feed-forward before they are added to the residual stream.
    var changesOutputs: Bool { normsOutputs || residualScale != 1 }

    /// Number of the matrices' parameters, as floating point, so that damaged sizes cannot overflow.
    var roughParameters: Double {
        let (width, attention) = (Double(width), Double(headCount) * Double(headWidth))
        let keyValue = 2 * Double(keyValueHeadCount) * Double(headWidth)
        let layer = width * (4 * attention + 2 * keyValue + 3 * Double(feedForwardWidth))
        let tables = width * (2 * Double(vocabularySize) + (positions == .learned ? Double(contextLength) : 0))
        return tables + layer * Double(layerCount + encoderLayerCount)
    }

    /// True if the context holds a prompt and a completion of these many tokens.
    package func fits(prompt: Int, completion: Int) -> Bool {
        completion <= room(prompt: prompt)
    }

    /// Largest number of completion tokens after a prompt; less than 1 if the prompt alone is too long.
    package func room(prompt: Int) -> Int {
        if hasEncoder { return prompt > contextLength ? 0 : contextLength - 1 }
        return contextLength - prompt
    }

    package enum Norm: Sendable, Equatable {
        case rootMeanSquare
        /// Layer norm, with mean and bias.
        case layer
    }

    package enum HeadNorm: Sendable, Equatable {
        /// One norm of D values for every head by itself.
        case each
        /// One norm of all heads together: H·D values for queries, G·D for keys.
        case together
    }

    /// The encoding of a token's position.
    package enum Positions: Sendable, Equatable {
        case rotary(RotaryConfiguration)
        /// A vector for each position, added to the token's embedding.
        case learned
        /// A number for each distance between query and key, added to attention scores.
        case relative(RelativeConfiguration)
    }

    /// The linear layers that add a bias.
    package struct Biases: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let queryKeyValue = Biases(rawValue: 1)
        package static let attentionOutput = Biases(rawValue: 2)
        package static let feedForward = Biases(rawValue: 4)
    }

    /// Standard deviations of a new model's matrices, as in transformers' `_init_weights`.
    package enum Initialisation: Sendable, Equatable {
        /// One deviation for all matrices, `initializer_range`.
        case same(Double)
        /// One deviation for all matrices but the projections to the residual stream, where it is divided by √(2·layers) (GPT-2).
        case sameButResidual(Double, layers: Int)
        /// T5's deviations, by the layer's number of inputs, times `initializer_factor`.
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

/// Rotary position embedding (Su et al. 2021): pair i of a head is rotated by position · theta^(-2i/D), with frequencies changed by
/// `scaling`.
package struct RotaryConfiguration: Sendable, Equatable {
    package var theta: Double
    package var scaling: Scaling
    /// Share of a head's width that is turned, its first values; D is then that part's width.
    package var share: Double

    package init(theta: Double, scaling: Scaling, share: Double = 1) {
        self.theta = theta
        self.scaling = scaling
        self.share = share
    }

    package enum Scaling: Sendable, Equatable {
        case none
        /// All positions are divided by a factor.
        case linear(factor: Double)
        /// Llama 3.1's scaling: low frequencies are divided by `factor`, high ones kept, with a ramp between them (transformers 5,
        /// `modeling_rope_utils.py`, `_compute_llama3_parameters`).
        case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContext: Int)
        case yarn(YaRN)
        /// Every pair's frequency is divided by a factor of its own, and cosines and sines are multiplied by another (Ding et al. 2024,
        /// "LongRoPE"). These are the factors of texts within the original context.
        case longrope(factors: [Double], attentionFactor: Double)
    }

    /// Scaling by how often a pair turns within the original context (Peng et al. 2023, "YaRN"): pairs of more than `fastTurns` keep
    /// their frequency, those of fewer than `slowTurns` have it divided by `factor`, with a ramp between them.
    package struct YaRN: Sendable, Equatable {
        package var factor: Double
        package var fastTurns: Double
        package var slowTurns: Double
        package var originalContext: Int
        /// True if the ramp begins and ends at whole pairs.
        package var truncates: Bool
        /// Factor on cosines and sines.
        package var attentionFactor: Double
    }
}

/// T5's relative positions (Raffel et al. 2020): one bucket for each near distance, logarithmically wider ones farther off.
package struct RelativeConfiguration: Sendable, Equatable {
    package var buckets: Int
    /// Distance from which on all share the last bucket.
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
