import Foundation
import PladRecords
import PladTensor

/// A folder in the layout of Hugging Face PEFT: adapter_config.json and adapter_model.safetensors.
enum AdapterFolder {
    static let configurationName = "adapter_config.json"
    static let weightsName = "adapter_model.safetensors"

    static func isOne(_ folder: URL) -> Bool { Files.exists(folder.appendingPathComponent(configurationName)) }

    /// The base model that the folder names; nil if it holds no adapter.
    static func base(of folder: URL) throws -> String? {
        guard isOne(folder) else { return nil }
        guard let base = try read(folder).base else {
            throw StudentError(
                .config, "\(folder.path): adapter_config.json names no \"base_model_name_or_path\"; add the base model's folder")
        }
        return base
    }

    /// Settings and base model of the adapter. Throws `StudentError.config` for a setting that plad's adapters do not implement.
    static func read(_ folder: URL) throws -> (settings: LoRA, base: String?) {
        let file = try ConfigurationFile(contentsOf: folder.appendingPathComponent(configurationName))
        guard try file.string("peft_type") == "LORA" else { throw file.refuse("peft_type", "is not LORA, the one kind that plad knows") }
        if file.value("alora_invocation_tokens") != nil {
            throw file.refuse(
                "alora_invocation_tokens",
                "is an activated LoRA (aLoRA), which works behind these tokens alone; plad's adapters work everywhere")
        }
        for key in ["use_dora", "use_qalora", "use_bdlora", "lora_bias"] where try file.flag(key, default: false) {
            throw file.refuse(key, "is true, which plad's adapters do not have")
        }
        if let start = file.value("init_lora_weights")?.string, !["gaussian", "orthogonal", "eva"].contains(start) {
            throw file.refuse("init_lora_weights", "changes the base model's own weights, which plad's adapters do not")
        }
        if let bias = try file.string("bias"), bias != "none" {
            throw file.refuse("bias", "is not none; plad's adapters leave biases alone")
        }
        for key in ["rank_pattern", "alpha_pattern"] where file.value(key)?.object?.isEmpty == false {
            throw file.refuse(key, "gives layers numbers of their own, which plad does not know")
        }
        let unknown = [
            "modules_to_save", "layers_to_transform", "layer_replication", "exclude_modules", "target_parameters",
            "trainable_token_indices",
        ]
        for key in unknown where file.value(key)?.array?.isEmpty != true && file.value(key) != nil {
            throw file.refuse(key, "is not among what plad knows of adapters")
        }
        try refuseOthers(file)
        let targets: [String]
        if let list = file.value("target_modules")?.array {
            targets = try list.map {
                guard let name = $0.string, !name.isEmpty else { throw file.refuse("target_modules", "is not a list of names") }
                return name
            }
        } else if try file.string("target_modules") == LoRA.allLinear {
            targets = [LoRA.allLinear]
        } else {
            throw file.refuse("target_modules", "is neither a list of names nor all-linear")
        }
        guard !targets.isEmpty else { throw file.refuse("target_modules", "is empty") }
        let settings = LoRA(
            rank: try file.count("r", limit: 1 << 14), alpha: try file.positive("lora_alpha"), targets: targets,
            scalesByRoot: try file.flag("use_rslora", default: false))
        return (settings, try file.string("base_model_name_or_path"))
    }

    /// Settings that do not change what the adapter computes, beside those that `read` checks.
    private static let withoutEffect: Set = [
        "auto_mapping", "base_model_name_or_path", "corda_config", "eva_config", "fan_in_fan_out", "inference_mode", "init_lora_weights",
        "layers_pattern", "loftq_config", "lora_alpha", "lora_dropout", "lora_ga_config", "megatron_core", "peft_type", "peft_version",
        "qalora_group_size", "r", "revision", "runtime_config", "target_modules", "task_type", "use_rslora", "velora_config", "bias",
    ]

    /// Refuses an unknown setting unless it is neutral (null, false or empty): one of a later PEFT may change what the adapter
    /// computes.
    private static func refuseOthers(_ file: ConfigurationFile) throws {
        for (key, value) in (file.values.object ?? [:]).sorted(by: { $0.key < $1.key }) where !withoutEffect.contains(key) {
            let isNeutral = [.null, .bool(false)].contains(value) || value.array?.isEmpty == true || value.object?.isEmpty == true
            guard isNeutral else { throw file.refuse(key, "is not among what plad knows of adapters") }
        }
    }

    /// Reads an adapter's tensors; checks them before it allocates memory. Throws `StudentError` with the tensor and the numbers.
    static func adapter(_ settings: LoRA, layout: [TensorLayout], in folder: URL, workers: Workers) throws -> Adapter {
        let files = try WeightFiles(file: folder.appendingPathComponent(weightsName))
        try files.check(layout, prefix: "", ignored: { _ in false })
        return Adapter(settings: settings, weights: try files.copy(layout, prefix: "", place: folder.path, workers: workers))
    }

    /// Writes the whole folder or nothing, with the tokenizer's files that the adapter was read with. The same adapter gives the same
    /// bytes. Throws `RecordError.unwritable`.
    static func write(
        _ adapter: Adapter, base: String, configuration: StudentConfiguration, isTransposed: Bool, companions: Companions, to folder: URL
    ) throws {
        let settings = adapter.settings
        let description: JSONValue = [
            "peft_type": "LORA", "task_type": .string(configuration.hasEncoder ? "SEQ_2_SEQ_LM" : "CAUSAL_LM"),
            "base_model_name_or_path": .string(base), "r": .int(Int64(settings.rank)), "lora_alpha": .double(settings.alpha),
            "lora_dropout": .double(0), "target_modules": targets(settings), "bias": "none", "fan_in_fan_out": .bool(isTransposed),
            "use_rslora": .bool(settings.scalesByRoot), "inference_mode": .bool(true),
        ]
        try StudentFolder.replace(folder) { partial in
            try Data(description.canonical.utf8).write(atomicallyTo: partial.appendingPathComponent(configurationName))
            for name in Companions.names {
                guard let file = companions.ownFile(name) else { continue }
                try Data(reading: file).write(atomicallyTo: partial.appendingPathComponent(name))
            }
            try Safetensors.write(adapter.weights, as: .f32, to: partial.appendingPathComponent(weightsName))
        }
    }

    private static func targets(_ settings: LoRA) -> JSONValue {
        settings.targets == [LoRA.allLinear] ? .string(LoRA.allLinear) : .array(settings.targets.map { .string($0) })
    }
}

extension URL {
    /// Resolves a path relative to this folder.
    func resolving(_ path: String) -> URL {
        path.hasPrefix("/") ? URL(fileURLWithPath: path) : appendingPathComponent(path).standardizedFileURL
    }
}
