import Foundation
import PladRecords

extension RotaryConfiguration {
    /// Reads `rope_parameters` (transformers 5), or `rope_theta` and `rope_scaling` (before); if both are present, `rope_scaling` takes
    /// precedence (transformers 5.24, `modeling_rope_utils.py`, `convert_rope_params_to_dict`).
    init(_ file: ConfigurationFile, headWidth: Int, _ defaults: LlamaDefaults) throws {
        let parameters = try Self.section("rope_parameters", file)
        let section = try Self.section("rope_scaling", file) ?? parameters
        let own = try section?.value("rope_theta").map { _ in try section!.positive("rope_theta") }
        let theta = try own ?? file.positive("rope_theta", default: defaults.theta)
        if let parameters, parameters.value("rope_theta") != nil, try parameters.positive("rope_theta") != theta {
            throw parameters.refuse("rope_theta", "is not the \(theta) that \"rope_scaling\" goes with; leave one of the two sections")
        }
        try self.init(section, of: file, theta: theta, headWidth: headWidth, turnsParts: defaults.turnsParts)
    }

    /// Reads a section of positions, whose base is known.
    ///
    /// - Parameters:
    ///   - section: nil for positions without scaling.
    ///   - turnsParts: false to refuse positions that turn a part of each head alone.
    init(_ section: ConfigurationFile?, of file: ConfigurationFile, theta: Double, headWidth: Int, turnsParts: Bool = false) throws {
        self.init(theta: theta, scaling: .none)
        for place in [file, section].compactMap({ $0 }) where place.value("partial_rotary_factor") != nil {
            share = try place.positive("partial_rotary_factor")
            guard share == 1 || turnsParts else { throw place.refuse("partial_rotary_factor", "is not 1; plad turns whole heads") }
            guard share <= 1, turnedWidth(headWidth) > 0, turnedWidth(headWidth) % 2 == 0 else {
                throw place.refuse("partial_rotary_factor", "does not leave pairs of the \(headWidth) values of a head")
            }
        }
        let type = try section?.string("rope_type") ?? section?.string("type") ?? "default"
        switch (type, section) {
        case ("linear", let section?):
            scaling = .linear(factor: try section.positive("factor"))
        case ("llama3", let section?):
            let (low, high) = (try section.positive("low_freq_factor"), try section.positive("high_freq_factor"))
            guard low < high else { throw section.refuse("low_freq_factor", "is not below \"high_freq_factor\" (\(high))") }
            scaling = .llama3(
                factor: try section.positive("factor"), lowFrequencyFactor: low, highFrequencyFactor: high,
                originalContext: try Self.originalContext(section, file))
        case ("yarn", let section?) where !turnsParts:
            scaling = .yarn(try Self.yarn(section, file, theta: theta))
        case ("longrope", let section?),
            ("su", let section?) where turnsParts,
            ("yarn", let section?) where turnsParts:
            // Phi-3's first files call it su or yarn.
            scaling = try Self.longrope(section, file, pairs: turnedWidth(headWidth) / 2)
        case ("dynamic", let section?):
            // Frequencies change with the text's length beyond "max_position_embeddings" alone, where plad's context ends.
            _ = try section.positive("factor")
        case ("default", _):
            break
        default:
            throw (section ?? file).refuse(
                "rope_type",
                "(\(type)) is not among the scalings that plad knows: default, linear, dynamic, yarn, longrope, llama3")
        }
    }

    /// The context of a model whose files extend it to `length`: LongRoPE has other frequencies for texts beyond the original context,
    /// so that a text's beginning would depend on its end; there plad's context ends.
    func context(_ length: Int, _ file: ConfigurationFile) throws -> Int {
        guard case .longrope = scaling else { return length }
        let section = try Self.section("rope_scaling", file) ?? Self.section("rope_parameters", file)
        return min(length, try Self.originalContext(section ?? file, file))
    }

    /// A section that is present and not empty. Throws if it has sections of its own, for kinds of layers.
    private static func section(_ key: String, _ file: ConfigurationFile) throws -> ConfigurationFile? {
        guard let section = try file.section(key), let members = section.values.object, !members.isEmpty else { return nil }
        if let kind = members.filter({ $0.value.object != nil }).keys.min() {
            throw section.refuse(kind, "gives a kind of layers positions of its own, which plad does not know")
        }
        return section
    }

    /// Context length before it was extended: config.json's own number first, as in transformers.
    private static func originalContext(_ section: ConfigurationFile, _ file: ConfigurationFile) throws -> Int {
        let key = "original_max_position_embeddings"
        if file.value(key) != nil { return try file.count(key) }
        return try section.value(key) == nil ? file.count("max_position_embeddings", default: 2048) : section.count(key)
    }

    /// How far the context was extended: `factor`, else the ratio of the two contexts.
    private static func factor(_ section: ConfigurationFile, _ file: ConfigurationFile) throws -> Double {
        if section.value("factor") != nil { return try section.positive("factor") }
        return Double(try file.count("max_position_embeddings", default: 2048)) / Double(try originalContext(section, file))
    }

    /// YaRN's numbers (transformers 5.24, `_compute_yarn_parameters`).
    private static func yarn(_ section: ConfigurationFile, _ file: ConfigurationFile, theta: Double) throws -> YaRN {
        guard theta > 1 else { throw section.refuse("rope_theta", "is \(theta), not above 1 as yarn needs it") }
        let factor = try factor(section, file)
        func growth(_ scale: Double) -> Double { factor <= 1 ? 1 : 0.1 * scale * log(factor) + 1 }
        var attentionFactor = growth(1)
        if section.value("attention_factor") != nil {
            attentionFactor = try section.positive("attention_factor")
        } else if let scale = section.value("mscale")?.double, let all = section.value("mscale_all_dim")?.double, scale != 0, all != 0 {
            attentionFactor = growth(try section.positive("mscale")) / growth(try section.positive("mscale_all_dim"))
        }
        return YaRN(
            factor: factor, fastTurns: try section.positive("beta_fast", default: 32),
            slowTurns: try section.positive("beta_slow", default: 1), originalContext: try originalContext(section, file),
            truncates: try section.flag("truncate", default: true), attentionFactor: attentionFactor)
    }

    /// LongRoPE's numbers for texts within the original context (transformers 5.24, `_compute_longrope_parameters`).
    private static func longrope(_ section: ConfigurationFile, _ file: ConfigurationFile, pairs: Int) throws -> Scaling {
        let factors = section.value("short_factor")?.array?.compactMap(\.double).filter { $0 > 0 && $0.isFinite } ?? []
        guard factors.count == pairs, section.value("short_factor")?.array?.count == pairs else {
            throw section.refuse("short_factor", "is not a list of \(pairs) numbers above 0, one for each pair of a head")
        }
        let key = "original_max_position_embeddings"
        guard file.value(key) ?? section.value(key) != nil else { throw section.refuse(key, "is missing") }
        let (factor, original) = (try factor(section, file), try originalContext(section, file))
        guard original > 1 else { throw section.refuse(key, "is not above 1") }
        let growth = factor <= 1 ? 1 : (1 + log(factor) / log(Double(original))).squareRoot()
        return .longrope(factors: factors, attentionFactor: try section.positive("attention_factor", default: growth))
    }
}
