import PladRecords

extension ModelFamily {
    /// Gemma 3's text models: Gemma 2 with norms on every head's query and key instead of soft bounds, and layers with a window whose
    /// positions have a base of their own (transformers 5, `modeling_gemma3.py`).
    static let gemma3 = ModelFamily(
        modelTypes: ["gemma3_text"],
        configuration: { file in
            // transformers reads this setting, and computes as if it were not there.
            if file.value("attn_logit_softcapping") != nil {
                throw file.refuse("attn_logit_softcapping", "is set, which plad's gemma3_text does not have")
            }
            let rotary = try gemmaRotary(file)
            var configuration = try gemmaLike(file, family: "gemma3_text", context: 1 << 17, rotary: rotary.full)
            configuration.headNorm = .each
            configuration.logitCap = try cap(file, "final_logit_softcapping", default: nil)
            let every = try file.count("sliding_window_pattern", default: 6)
            let sliding =
                try slidingLayers(file, count: configuration.layerCount)
                ?? (0..<configuration.layerCount).map { ($0 + 1) % every != 0 }
            let window = try slidingWindow(file)
            configuration.windows = sliding.map { $0 ? window : nil }
            configuration.layerRotary = sliding.map { $0 ? rotary.sliding : rotary.full }
            return configuration
        },
        names: { _ in gemmaNames(headNorms: (query: "self_attn.q_norm", key: "self_attn.k_norm")) })

    /// Positions of layers without and with a window: `rope_parameters` by kind of layer (transformers 5), or `rope_theta`,
    /// `rope_scaling` and `rope_local_base_freq` (before), of which the scaling is for layers without a window.
    private static func gemmaRotary(_ file: ConfigurationFile) throws -> (full: RotaryConfiguration, sliding: RotaryConfiguration) {
        let (full, sliding) = ("full_attention", "sliding_attention")
        let kinds = try file.section("rope_parameters")
        let scaling = try file.section("rope_scaling")
        if let kinds, scaling != nil { throw kinds.refuse(full, "stands beside \"rope_scaling\"; leave one of the two") }
        if let kinds, let stranger = kinds.values.object?.keys.filter({ $0 != full && $0 != sliding }).min() {
            throw kinds.refuse(stranger, "is neither \(full) nor \(sliding)")
        }
        func rotary(_ section: ConfigurationFile?, _ key: String, _ theta: Double) throws -> RotaryConfiguration {
            let theta = try section?.value("rope_theta") == nil ? file.positive(key, default: theta) : section!.positive("rope_theta")
            return try RotaryConfiguration(section, of: file, theta: theta, headWidth: file.count("head_dim", default: 256))
        }
        return (
            try rotary(try kinds?.section(full) ?? scaling, "rope_theta", 1_000_000),
            try rotary(try kinds?.section(sliding), "rope_local_base_freq", 10_000)
        )
    }
}
