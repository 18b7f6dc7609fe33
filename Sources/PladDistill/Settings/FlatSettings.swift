import Foundation
import PladRecords

/// Reads the settings in a run.json of plad 0.1.0: a flat mapping from the names of that version's flags.
///
/// The table is final: later changes of flags do not affect it.
enum FlatSettings {
    /// True if a run.json's settings are flat; later versions have groups.
    static func isFlat(_ settings: JSONValue) -> Bool { (settings.object ?? [:]).values.contains { $0.object == nil } }

    /// Converts flat settings. Throws `RecordError.malformed` for a name or a value that plad 0.1.0 did not write.
    static func settings(_ flat: JSONValue) throws -> DistillSettings {
        var nested = JSONValue.object([:])
        for (name, value) in flat.object ?? [:] where !commandLineOnly.contains(name) {
            guard let path = paths[name] else {
                throw RecordError(.malformed, "the setting \"\(name)\" is not known to this plad; use the plad that wrote it")
            }
            nested = nested.setting(path.split(separator: ".").map(String.init)[...], to: try converted(name, value))
        }
        var settings = try DistillSettings(reading: nested)
        settings.choosesLast()
        return settings
    }

    /// The value in its present form.
    private static func converted(_ name: String, _ value: JSONValue) throws -> JSONValue {
        switch name {
        case "extra", "judge-extra":
            let fields = try (value.array ?? []).map { try field($0.string ?? "") }
            return .object(Dictionary(fields) { $1 })
        case "price", "judge-price":
            let numbers = (value.string ?? "").split(separator: ",").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
            guard numbers.count == 2 else { throw RecordError(.malformed, "the setting \"\(name)\" is not two numbers") }
            return ["input": .double(numbers[0]), "output": .double(numbers[1])]
        case "lora-targets":
            return .array((value.string ?? "").split(separator: ",").map { .string($0.trimmingCharacters(in: .whitespaces)) })
        default: return value
        }
    }

    private static func field(_ text: String) throws -> (String, JSONValue) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { throw RecordError(.malformed, "the setting \"extra\" holds \(text), which is not field=json") }
        return (String(parts[0]), try JSONValue(parsing: Data(parts[1].utf8)))
    }

    /// Names of settings that only affected the command itself.
    private static let commandLineOnly: Set = ["config", "json"]

    private static let paths = [
        "remote": "teacher.remote", "teacher-model": "teacher.model", "dialect": "teacher.dialect", "header": "teacher.headers",
        "extra": "teacher.extra", "teacher-id": "teacher.id", "key-file": "teacher.key_file", "teacher-samples": "teacher.samples",
        "teacher-temperature": "teacher.temperature", "max-tokens": "teacher.max_tokens", "stop": "teacher.stop",
        "concurrency": "teacher.concurrency", "requests-per-minute": "teacher.requests_per_minute",
        "tokens-per-minute": "teacher.tokens_per_minute", "timeout": "teacher.timeout", "batch": "teacher.batch",
        "stream": "teacher.streaming", "attempts": "teacher.attempts", "budget": "teacher.budget", "price": "teacher.price",
        "keep-refusals": "teacher.keep_refusals", "skip-failed": "teacher.skip_failed", "keep-truncated": "teacher.keep_truncated",
        "cache": "teacher.cache", "replay": "teacher.replay", "refresh": "teacher.refresh",
        "prompts": "prompts.source", "valid": "prompts.held_out_file", "held-out": "prompts.held_out_share", "limit": "prompts.limit",
        "pairs": "prompts.pairs",
        "student": "student.model", "threads": "student.threads", "dtype": "student.dtype",
        "warm-up-epochs": "warm_up.epochs", "warm-up-learning-rate": "warm_up.learning_rate", "warm-up-schedule": "warm_up.schedule",
        "samples": "sampling.samples", "temperature": "sampling.temperature", "top-k": "sampling.top_k", "top-p": "sampling.top_p",
        "negatives": "pairing.negatives", "negatives-from": "pairing.negatives_from", "min-similarity": "pairing.min_similarity",
        "max-similarity": "pairing.max_similarity", "max-length-ratio": "pairing.max_length_ratio", "prefer": "pairing.prefer",
        "loss": "ranking.loss", "margin": "ranking.margin", "lambda": "ranking.lambda", "beta": "ranking.beta", "gamma": "ranking.gamma",
        "alpha": "ranking.alpha", "scale": "ranking.scale", "norm": "ranking.norm", "epochs": "ranking.epochs",
        "rounds": "ranking.rounds", "guard": "ranking.on_collapse",
        "learning-rate": "optimiser.learning_rate", "batch-size": "optimiser.batch_size", "schedule": "optimiser.schedule",
        "learning-rate-warm-up": "optimiser.learning_rate_warm_up", "weight-decay": "optimiser.weight_decay", "clip": "optimiser.clip",
        "rows-per-pass": "optimiser.rows_per_pass",
        "lora-rank": "adapter.rank", "lora-alpha": "adapter.alpha", "lora-targets": "adapter.targets",
        "evaluation-samples": "evaluation.samples", "judge": "evaluation.judge.local", "judge-remote": "evaluation.judge.remote",
        "judge-model": "evaluation.judge.model", "judge-dialect": "evaluation.judge.dialect", "judge-extra": "evaluation.judge.extra",
        "judge-id": "evaluation.judge.id", "judge-key-file": "evaluation.judge.key_file", "judge-price": "evaluation.judge.price",
        "judge-max-tokens": "evaluation.judge.max_tokens",
        "out": "run.folder", "seed": "run.seed", "checkpoint-seconds": "run.checkpoint_seconds",
    ]
}

extension JSONValue {
    /// The object with a value at a path; missing objects on the path are made.
    fileprivate func setting(_ path: ArraySlice<String>, to value: JSONValue) -> JSONValue {
        guard let first = path.first else { return value }
        var members = object ?? [:]
        members[first] = (members[first] ?? .object([:])).setting(path.dropFirst(), to: value)
        return .object(members)
    }
}

extension DistillSettings {
    /// Sets the fixed behaviour of plad 0.1.0: it ranked any number of pairs and kept the last student.
    mutating func choosesLast() { (student.install, pairing.minPairs) = (.last, 1) }
}
