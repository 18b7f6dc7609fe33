import PladRecords

extension ModelFamily {
    /// SmolLM3: Llama with layers that have no positions (transformers 5, `modeling_smollm3.py`).
    static let smollm3 = ModelFamily(
        modelTypes: ["smollm3"],
        configuration: { file in
            var configuration = try llamaLike(
                file, family: "smollm3", LlamaDefaults(keyValueHeads: 4, context: 1 << 15, theta: 2_000_000, isTied: true))
            if try file.flag("attention_bias", default: false) { configuration.biases.formUnion([.queryKeyValue, .attentionOutput]) }
            if try file.flag("mlp_bias", default: false) { configuration.biases.insert(.feedForward) }
            guard case .rotary(let rotary) = configuration.positions else { return configuration }
            let turned = try turnedLayers(file, count: configuration.layerCount)
            configuration.layerRotary = turned.map { $0 ? rotary : nil }
            let hasWindow = try file.flag("use_sliding_window", default: false) && file.value("sliding_window") != nil
            let sliding = try slidingLayers(file, count: configuration.layerCount) ?? turned.map { hasWindow && !$0 }
            if sliding.contains(true) {
                let window = try file.count("sliding_window")
                configuration.windows = sliding.map { $0 ? window : nil }
            }
            return configuration
        },
        names: { _ in llamaNames() })

    /// The layers that have positions: those of which `no_rope_layers` says 1, else all but each fourth.
    private static func turnedLayers(_ file: ConfigurationFile, count: Int) throws -> [Bool] {
        guard let numbers = file.value("no_rope_layers")?.array else {
            let interval = try file.count("no_rope_layer_interval", default: 4)
            return (0..<count).map { ($0 + 1) % interval != 0 }
        }
        guard numbers.count == count, numbers.allSatisfy({ $0.int == 0 || $0.int == 1 }) else {
            throw file.refuse("no_rope_layers", "is not a list of 0 and 1 for the \(count) layers of \"num_hidden_layers\"")
        }
        return numbers.map { $0.int == 1 }
    }
}
