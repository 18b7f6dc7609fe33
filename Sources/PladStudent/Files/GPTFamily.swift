import PladRecords
import PladTensor

extension ModelFamily {
    /// GPT-2, DistilGPT-2 and others: layer norm, learned positions, one joined projection for query, key and value; all linear layers
    /// are transposed and have biases (transformers 5, `modeling_gpt2.py`).
    static let gpt2 = ModelFamily(
        modelTypes: ["gpt2"],
        configuration: { file in
            for key in ["scale_attn_by_inverse_layer_idx", "add_cross_attention"] where try file.flag(key, default: false) {
                throw file.refuse(key, "is true, which plad's GPT-2 does not have")
            }
            let width = try file.count("n_embd", default: 768)
            let heads = try file.count("n_head", default: 12, limit: 1 << 16)
            guard width % heads == 0 else { throw file.refuse("n_head", "does not divide the \(width) of \"n_embd\"") }
            var configuration = try gptLike(
                file, family: "gpt2", width: width, heads: heads, layers: try file.count("n_layer", default: 12, limit: 1 << 12),
                context: try file.count("n_positions", default: 1024),
                feedForward: try file.count("n_inner", default: 4 * width))
            configuration.biases = [.queryKeyValue, .attentionOutput, .feedForward]
            if try !file.flag("scale_attn_weights", default: true) { configuration.attentionScale = 1 }
            if case .same(let deviation) = configuration.initialisation {
                configuration.initialisation = .sameButResidual(deviation, layers: configuration.layerCount)
            }
            return configuration
        },
        names: { _ in
            gptNames(queryKeyValue: ["attn.c_attn"], output: "attn.c_proj", buffers: "attn", transposed: true)
        })

    /// GPT-Neo: GPT-2 with unscaled scores, layers with an attention window, and separate projections without biases for query, key and
    /// value (transformers 5, `modeling_gpt_neo.py`).
    static let gptNeo = ModelFamily(
        modelTypes: ["gpt_neo"],
        configuration: { file in
            let width = try file.count("hidden_size", default: 2048)
            let heads = try file.count("num_heads", default: 16, limit: 1 << 16)
            guard width % heads == 0 else { throw file.refuse("num_heads", "does not divide the \(width) of \"hidden_size\"") }
            let layers = try file.count("num_layers", default: 24, limit: 1 << 12)
            var configuration = try gptLike(
                file, family: "gpt_neo", width: width, heads: heads, layers: layers,
                context: try file.count("max_position_embeddings", default: 2048),
                feedForward: try file.count("intermediate_size", default: 4 * width))
            configuration.attentionScale = 1
            configuration.biases = [.attentionOutput, .feedForward]
            configuration.windows = try neoWindows(file, layers: layers)
            return configuration
        },
        names: { _ in
            let projections = ["q_proj", "k_proj", "v_proj"].map { "attn.attention." + $0 }
            return gptNames(
                queryKeyValue: projections, output: "attn.attention.out_proj", buffers: "attn.attention", transposed: false)
        })

    /// - Parameter buffers: name of the module that holds the causal mask in older files.
    private static func gptNames(queryKeyValue: [String], output: String, buffers: String, transposed: Bool) -> TensorNames {
        TensorNames(
            prefix: "transformer.",
            embedding: "transformer.wte.weight",
            positions: "transformer.wpe.weight",
            decoder: StackNames(
                layer: { "transformer.h.\($0)." },
                attention: AttentionNames(norm: "ln_1", queryKeyValue: queryKeyValue, output: output),
                feedForwardNorm: "ln_2", feedForwardUp: ["mlp.c_fc"], feedForwardDown: "mlp.c_proj", finalNorm: "transformer.ln_f"),
            transposesProjections: transposed,
            ignored: { $0.hasSuffix(".\(buffers).bias") || $0.hasSuffix(".\(buffers).masked_bias") })
    }

    private static func gptLike(
        _ file: ConfigurationFile, family: String, width: Int, heads: Int, layers: Int, context: Int, feedForward: Int
    ) throws -> StudentConfiguration {
        let vocabulary = try file.count("vocab_size", default: 50257)
        return StudentConfiguration(
            family: family, vocabularySize: vocabulary, contextLength: context, width: width, layerCount: layers, headCount: heads,
            keyValueHeadCount: heads, headWidth: width / heads, feedForwardWidth: feedForward, norm: .layer,
            normEpsilon: Float(try file.positive("layer_norm_epsilon", default: 1e-5)), positions: .learned,
            activation: try activation(try file.string("activation_function") ?? "gelu_new", file, key: "activation_function"),
            isGated: false, tiedEmbeddings: try file.flag("tie_word_embeddings", default: true),
            initialisation: .same(try file.positive("initializer_range", default: 0.02)),
            endOfSequence: try file.tokens("eos_token_id", vocabularySize: vocabulary),
            beginningOfSequence: try file.tokens("bos_token_id", vocabularySize: vocabulary).first)
    }

    /// Windows by layer from `attention_types`, a list of [kinds, repetitions]: `[[["global", "local"], 12]]`.
    private static func neoWindows(_ file: ConfigurationFile, layers: Int) throws -> [Int?] {
        let window = try file.count("window_size", default: 256)
        let groups =
            file.value("attention_types")?.array ?? [.array([.array([.string("global"), .string("local")]), .int(Int64(layers / 2))])]
        var kinds: [String] = []
        for group in groups {
            guard let pair = group.array, pair.count == 2, let names = pair[0].array?.map(\.string), let times = pair[1].int,
                (0...layers).contains(times), names.count <= layers, kinds.count + names.count * times <= layers
            else { throw file.refuse("attention_types", "is not a list of [kinds, how often]") }
            for _ in 0..<times { kinds += names.map { $0 ?? "" } }
        }
        guard kinds.count == layers else {
            throw file.refuse("attention_types", "describes \(kinds.count) layers, \"num_layers\" asks for \(layers)")
        }
        return try kinds.map {
            switch $0 {
            case "global": nil
            case "local": window
            default: throw file.refuse("attention_types", "holds a kind that is neither global nor local")
            }
        }
    }
}
