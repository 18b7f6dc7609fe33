import PladDistill
import PladRecords

/// Maps every setting to its flag, and the names in messages of the library to flags and commands.
///
/// Libraries name settings and functions in backquotes, like `ranking.margin` or `CompletionCache.recover`; the terminal shows `--margin`
/// and `plad cache recover`.
enum SettingFlags {
    /// Flags by the setting's path. A flag is also the setting's key in a --config file.
    static let flags = [
        "teacher.remote": "remote", "teacher.model": "teacher-model", "teacher.dialect": "dialect", "teacher.headers": "header",
        "teacher.extra": "extra", "teacher.id": "teacher-id", "teacher.key_file": "key-file", "teacher.plain_http": "plain-http",
        "teacher.samples": "teacher-samples",
        "teacher.temperature": "teacher-temperature", "teacher.max_tokens": "max-tokens", "teacher.stop": "stop",
        "teacher.concurrency": "concurrency", "teacher.requests_per_minute": "requests-per-minute",
        "teacher.tokens_per_minute": "tokens-per-minute", "teacher.timeout": "timeout", "teacher.batch": "batch",
        "teacher.streaming": "stream", "teacher.attempts": "attempts", "teacher.budget": "budget", "teacher.price": "price",
        "teacher.keep_refusals": "keep-refusals", "teacher.skip_failed": "skip-failed", "teacher.keep_truncated": "keep-truncated",
        "teacher.cache": "cache", "teacher.replay": "replay", "teacher.refresh": "refresh",
        "prompts.source": "prompts", "prompts.held_out_file": "valid", "prompts.held_out_share": "held-out", "prompts.test_file": "test",
        "prompts.limit": "limit", "prompts.unpaid_file": "unpaid-prompts",
        "prompts.pairs": "pairs",
        "student.model": "student", "student.threads": "threads", "student.dtype": "dtype", "student.install": "install",
        "warm_up.epochs": "warm-up-epochs", "warm_up.learning_rate": "warm-up-learning-rate", "warm_up.schedule": "warm-up-schedule",
        "sampling.samples": "samples", "sampling.temperature": "temperature", "sampling.top_k": "top-k", "sampling.top_p": "top-p",
        "sampling.unpaid_limit": "unpaid-limit",
        "quality.by": "quality", "quality.command": "quality-command", "quality.timeout": "quality-timeout",
        "quality.critic_epochs": "critic-epochs",
        "quality.keep_answers": "keep-answers",
        "pairing.rank": "rank", "pairing.sample_pairs": "sample-pairs", "pairing.min_gap": "min-gap", "pairing.keep_likely": "keep-likely",
        "pairing.negatives": "negatives", "pairing.negatives_from": "negatives-from",
        "pairing.initial_shares": "initial-share", "pairing.min_similarity": "min-similarity",
        "pairing.max_similarity": "max-similarity", "pairing.max_length_ratio": "max-length-ratio", "pairing.prefer": "prefer",
        "pairing.min_pairs": "min-pairs",
        "ranking.loss": "loss", "ranking.margin": "margin", "ranking.lambda": "lambda", "ranking.beta": "beta", "ranking.gamma": "gamma",
        "ranking.alpha": "alpha", "ranking.scale": "scale", "ranking.norm": "norm", "ranking.epochs": "epochs",
        "ranking.rounds": "rounds", "ranking.on_collapse": "guard",
        "optimiser.learning_rate": "learning-rate", "optimiser.batch_size": "batch-size", "optimiser.schedule": "schedule",
        "optimiser.learning_rate_warm_up": "learning-rate-warm-up", "optimiser.weight_decay": "weight-decay", "optimiser.clip": "clip",
        "optimiser.rows_per_pass": "rows-per-pass",
        "adapter.rank": "lora-rank", "adapter.alpha": "lora-alpha", "adapter.targets": "lora-targets",
        "evaluation.samples": "evaluation-samples", "evaluation.beams": "beams",
        "evaluation.judge.local": "judge", "evaluation.judge.remote": "judge-remote",
        "evaluation.judge.model": "judge-model", "evaluation.judge.dialect": "judge-dialect", "evaluation.judge.extra": "judge-extra",
        "evaluation.judge.id": "judge-id", "evaluation.judge.key_file": "judge-key-file", "evaluation.judge.plain_http": "judge-plain-http",
        "evaluation.judge.price": "judge-price",
        "evaluation.judge.max_tokens": "judge-max-tokens",
        "run.folder": "out", "run.seed": "seed", "run.checkpoint_seconds": "checkpoint-seconds",
    ]

    /// Names of settings in lower rooms that differ from those of the loop.
    private static let otherNames = ["on_collapse": "guard"]

    /// Flags that are not settings of a run.
    private static let furtherFlags: Set = [
        "run", "losses", "variants", "seeds", "against", "steps", "revision", "port", "logits", "teacher", "window", "kd", "tau",
        "student-tau", "kd-scale", "skew", "texts", "text-lambda", "kd-ratio",
    ]

    /// Commands by the function of the library that they call.
    private static let commands = [
        "Distillation": "plad distill", "TeachStage": "plad teach", "LogitsStage": "plad logits", "HubPull": "plad pull",
        "BatchRun.cancel": "plad batch cancel", "CompletionCache.forget": "plad batch cancel --forget",
        "CompletionCache.recover": "plad cache recover", "CompletionCache.verify": "plad cache verify",
        "CompletionCache.importRecording": "plad cache import",
    ]

    /// A message of the library for the terminal: settings by their flags, functions by their commands.
    static func commandLine(_ message: String) -> String {
        message.replacing(/`([A-Za-z][A-Za-z_.]*)`/) { match in
            let name = String(match.1)
            if let command = commands[name] { return command }
            if let flag = flags[name] ?? otherNames[name] { return "--" + flag }
            let flag = name.replacing("_", with: "-")
            return allFlags.contains(flag) ? "--" + flag : String(match.0)
        }
    }

    /// A sentence with only settings replaced by flags: it may quote a model's text, which has backquotes of its own.
    static func named(in sentence: String) -> String {
        sentence.replacing(/`([a-z_]+(?:\.[a-z_]+)+)`/) { match in flags[String(match.1)].map { "--" + $0 } ?? String(match.0) }
    }

    private static let allFlags = furtherFlags.union(flags.values)

    /// Settings in the form of a --config file: by flag, unset ones left out.
    static func values(of settings: DistillSettings) throws -> [String: JSONValue] {
        try settings.leaves().reduce(into: [:]) { values, leaf in
            guard let flag = flags[leaf.key] else { preconditionFailure("the setting \(leaf.key) has no flag") }
            values[flag] = spelled(leaf.key, leaf.value)
        }
    }

    /// A value as it is written after the flag.
    private static func spelled(_ path: String, _ value: JSONValue) -> JSONValue {
        switch (path.split(separator: ".").last ?? "", value) {
        case ("extra", .object(let fields)):
            .array(fields.sorted { $0.key < $1.key }.map { .string("\($0.key)=\($0.value.canonical)") })
        case ("price", _): .string("\(value["input"]?.canonical ?? ""),\(value["output"]?.canonical ?? "")")
        case ("targets", .array(let names)): .string(names.compactMap(\.string).joined(separator: ","))
        default: value
        }
    }

    /// The YAML text of a --config file, one `flag: value` a line, sorted.
    static func yaml(of settings: DistillSettings) throws -> String {
        try values(of: settings).filter { $0.value != .array([]) }.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.canonical)" }
            .joined(separator: "\n")
    }
}
