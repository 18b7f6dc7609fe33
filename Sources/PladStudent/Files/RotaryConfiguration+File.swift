import PladRecords

extension RotaryConfiguration {
    /// Reads `rope_parameters` (transformers 5), or `rope_theta` and `rope_scaling` (before); if both are present, `rope_scaling` takes
    /// precedence (transformers 5.24, `modeling_rope_utils.py`, `convert_rope_params_to_dict`).
    init(_ file: ConfigurationFile) throws {
        let parameters = try Self.section("rope_parameters", file)
        let section = try Self.section("rope_scaling", file) ?? parameters
        let own = try section?.value("rope_theta").map { _ in try section!.positive("rope_theta") }
        theta = try own ?? file.positive("rope_theta", default: 10_000)
        if let parameters, parameters.value("rope_theta") != nil, try parameters.positive("rope_theta") != theta {
            throw parameters.refuse("rope_theta", "is not the \(theta) that \"rope_scaling\" goes with; leave one of the two sections")
        }
        for file in [section, file].compactMap({ $0 }) where try file.positive("partial_rotary_factor", default: 1) != 1 {
            throw file.refuse("partial_rotary_factor", "is not 1; plad turns whole heads")
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
        case ("default", _):
            scaling = .none
        default:
            throw (section ?? file).refuse("rope_type", "(\(type)) is not among the scalings that plad knows: default, linear, llama3")
        }
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
}
