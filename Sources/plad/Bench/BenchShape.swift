import PladStudent

/// The shape of a published model, by name: a Llama with tied embeddings.
struct BenchShape {
    /// C, L, H, G, D, F, V in this order.
    var width: Int
    var layers: Int
    var heads: Int
    var keyValueHeads: Int
    var headWidth = 64
    var feedForward: Int
    var vocabulary: Int
    var contextLength = 8192

    static let all: [String: BenchShape] = [
        "smollm-135m": BenchShape(width: 576, layers: 30, heads: 9, keyValueHeads: 3, feedForward: 1536, vocabulary: 49_152),
        "smollm-360m": BenchShape(width: 960, layers: 32, heads: 15, keyValueHeads: 5, feedForward: 2560, vocabulary: 49_152),
        "tiny": BenchShape(width: 64, layers: 2, heads: 4, keyValueHeads: 2, headWidth: 16, feedForward: 176, vocabulary: 512),
    ]

    static var names: String { all.keys.sorted().joined(separator: ", ") }

    /// The config.json of a student of this shape, as transformers names its keys.
    func configuration(_ type: TensorType) -> [String: Any] {
        [
            "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_act": "silu", "tie_word_embeddings": true,
            "hidden_size": width, "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": keyValueHeads,
            "head_dim": headWidth, "intermediate_size": feedForward, "vocab_size": vocabulary,
            "max_position_embeddings": contextLength, "rms_norm_eps": 1e-5, "rope_theta": 10_000, "eos_token_id": SyntheticStudent.end,
            "dtype": type.torchName,
        ]
    }
}

/// The number of floating-point operations that work on a shape takes at least: a multiply-add is two; norms and the like are not
/// counted.
extension BenchShape {
    private var attentionWidth: Int { heads * headWidth }
    private var keyValueWeights: Int { 2 * width * keyValueHeads * headWidth }
    /// Number of weights in a layer's matrices.
    private var layerWeights: Int { 2 * width * attentionWidth + keyValueWeights + 3 * width * feedForward }

    /// The number of keys that the rows at `positions` see together.
    private func keys(_ positions: Range<Int>) -> Int {
        (positions.upperBound - positions.lowerBound) * (positions.lowerBound + positions.upperBound + 1) / 2
    }

    /// The number of bytes of weights that a decode step reads: matrices and head in `BatchDecoder`'s format.
    func weightBytes(_ type: TensorType, _ weights: DecodeWeights) -> Int {
        let count = layers * layerWeights + vocabulary * width
        // Every 32 eight-bit weights of an output have a scale; of the other types only bfloat16 is kept as it is.
        return weights == .int8 ? count * 36 / 32 : count * (type == .bf16 ? 2 : 4)
    }

    /// The work of one tree forward: a prompt of `prompt` tokens whose continuations take `rows` rows each.
    ///
    /// In the last layer the prompt's rows that predict nothing need only keys and values.
    func forward(prompt: Int, rows: [Int]) -> Work {
        let branches = rows.reduce(0, +)
        let seen = rows.reduce(0) { $0 + keys(prompt..<prompt + $1) }
        let products = (layers - 1) * (prompt + branches) * layerWeights + (branches + 1) * layerWeights + (prompt - 1) * keyValueWeights
        let attention = (layers - 1) * (keys(0..<prompt) + seen) + prompt + seen
        return Work(
            products: 2 * Double(products), attention: 4 * Double(attention * attentionWidth),
            head: 2 * Double((branches + 1) * vocabulary * width))
    }

    /// The work of one token at `position` of a sequence.
    func step(position: Int) -> Work {
        Work(
            products: 2 * Double(layers * layerWeights), attention: 4 * Double(layers * (position + 1) * attentionWidth),
            head: 2 * Double(vocabulary * width))
    }
}

/// Numbers of operations by kind.
struct Work {
    var products = 0.0
    var attention = 0.0
    var head = 0.0

    var total: Double { products + attention + head }

    /// Number of operations forward and backward: products to input and weight; attention's scores again and four products more; the
    /// head's logits again.
    var trained: Double { 3 * products + 3.5 * attention + 4 * head }

    static func + (a: Work, b: Work) -> Work {
        Work(products: a.products + b.products, attention: a.attention + b.attention, head: a.head + b.head)
    }
}
