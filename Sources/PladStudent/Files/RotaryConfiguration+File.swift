extension RotaryConfiguration {
    /// From `rope_parameters` (transformers 5), or `rope_theta` and `rope_scaling` (before).
    init(_ file: ConfigurationFile) throws {
        let section = try file.section("rope_parameters") ?? file.section("rope_scaling")
        theta = try section?.value("rope_theta") == nil ? file.positive("rope_theta", default: 10_000) : section!.positive("rope_theta")
        if let section, try section.positive("partial_rotary_factor", default: 1) != 1 {
            throw section.refuse("partial_rotary_factor", "is not 1; plad turns whole heads")
        }
        if try file.positive("partial_rotary_factor", default: 1) != 1 {
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
                originalContext: try section.count("original_max_position_embeddings"))
        case ("default", _):
            scaling = .none
        default:
            throw (section ?? file).refuse("rope_type", "(\(type)) is not among the scalings that plad knows: default, linear, llama3")
        }
    }
}
