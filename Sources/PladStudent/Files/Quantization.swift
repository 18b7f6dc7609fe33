import PladRecords

/// Detects quantized weights, which plad does not read.
enum Quantization {
    private static let way = "plad reads float32, bfloat16 and float16: take the model that was not quantized, or write its `dequantize()`"

    /// Throws `StudentError.config` with the method if config.json names one.
    static func refuse(in file: ConfigurationFile) throws {
        guard let settings = file.value("quantization_config") ?? file.value("compression_config") else { return }
        let isBitsAndBytes = settings["load_in_4bit"] != nil || settings["load_in_8bit"] != nil
        let method = settings["quant_method"]?.string ?? (isBitsAndBytes ? "bitsandbytes" : "no \"quant_method\"")
        throw StudentError(.config, "\(file.path): \"quantization_config\" (\(method)): the weights are quantized; \(way)")
    }

    private static let endings: [(ending: String, method: String)] = [
        (".qweight", "GPTQ or AWQ"), (".qzeros", "GPTQ or AWQ"), (".g_idx", "GPTQ"), (".SCB", "bitsandbytes"), (".absmax", "bitsandbytes"),
        (".quant_map", "bitsandbytes"), (".quant_state.bitsandbytes__nf4", "bitsandbytes"),
        (".quant_state.bitsandbytes__fp4", "bitsandbytes"), (".weight_scale_inv", "FP8"), (".weight_scale", "FP8"), (".input_scale", "FP8"),
        (".weight_packed", "compressed-tensors"), (".weight_blocks", "MXFP4"),
    ]

    /// Throws `StudentError.tensors` with a tensor's name if names or types are those of a quantized model.
    static func refuse(_ tensors: some Sequence<(name: String, type: String, path: String)>) throws {
        for (name, type, path) in tensors {
            if let known = endings.first(where: { name.hasSuffix($0.ending) }) {
                throw StudentError(.tensors, "\(path): tensor \(name): the weights are quantized (\(known.method)); \(way)")
            }
            if type.hasPrefix("F8"), name.hasSuffix(".weight") {
                throw StudentError(.tensors, "\(path): tensor \(name): the weights are quantized (\(type)); \(way)")
            }
        }
    }
}
