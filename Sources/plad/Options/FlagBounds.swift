import Foundation

/// The largest numbers that flags take, in every command and in --config files: far above any useful value, and so small that sums and
/// products never overflow.
enum FlagBounds {
    private static let most: [String: Double] = [
        "timeout": 86_400, "attempts": 1000, "concurrency": 4096, "requests-per-minute": 1e9, "tokens-per-minute": 1e12, "budget": 1e9,
        "teacher-samples": 10_000, "samples": 10_000, "candidates": 10_000, "unpaid-limit": 1e9, "quality-timeout": 86_400,
        "evaluation-samples": 10_000, "sample": 1e6,
        "max-tokens": 1e7, "window": 1e9, "text-lambda": 1e9, "judge-max-tokens": 1e7, "limit": 1e9, "pairs": 1e9, "min-pairs": 1e9,
        "temperature": 100, "teacher-temperature": 100, "top-k": 1e9,
        "rounds": 1000, "epochs": 1e5, "warm-up-epochs": 1e5, "critic-epochs": 1000, "steps": 1e9, "batch-size": 1e6, "rows-per-pass": 1e9,
        "learning-rate": 1000,
        "warm-up-learning-rate": 1000, "learning-rate-warm-up": 1e9, "weight-decay": 1000, "clip": 1e9, "lora-rank": 65_536,
        "lora-alpha": 1e6,
        "margin": 1e9, "lambda": 1e9, "beta": 1e9, "gamma": 1e9, "alpha": 1e9, "scale": 1e9, "max-length-ratio": 1e9,
        "checkpoint-seconds": 1e9, "threads": 1024, "slots": 4096, "max-body-bytes": 0x1p30,
        "batch": 65_536, "new": 1e6, "response": 1e6, "prompt": 1e6, "repeats": 1e6,
    ]

    /// Throws `UsageError` with the first flag whose number is too large. Values that are not numbers are left to the parser.
    static func check(_ arguments: [String]) throws {
        let arguments = Array(arguments.prefix { $0 != "--" })
        for (index, argument) in arguments.enumerated() where argument.hasPrefix("--") {
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = parts.first, let most = most[name] else { continue }
            let value = parts.count > 1 ? parts[1] : arguments.indices.contains(index + 1) ? arguments[index + 1] : ""
            guard let number = Double(value), number.isFinite, number > most else { continue }
            throw UsageError("--\(name) \(value): give at most \(most.formatted(.number.grouping(.never)))")
        }
    }
}
