import Foundation
import PladRecords
import Testing

/// A flag that a mode of a command does not use is refused with its name; every setting of a run has a flag.
@Suite struct ModeTests {
    @Test(arguments: [
        (["train", "--run", "R", "--loss", "nonsense"], "--loss does not go with --run"),
        (["train", "--run", "R", "--epochs=99"], "--epochs does not go with --run"),
        (["train", "--steps", "5", "--epochs", "2", "--out", "x"], "--epochs does not go with --steps"),
        (["sample", "--run", "R", "--temperature", "3"], "--temperature does not go with --run"),
        (["sample", "--weights", "int8", "--run", "R"], "--weights does not go with --run"),
        (["evaluate", "--judge", "chrf", "--compare", "a", "b"], "--judge does not go with --compare"),
        (["inspect", "--student", "S", "--pairs", "8"], "--pairs does not go with a student's summary: it goes with --plan"),
        (["inspect", "--student", "S", "--lora-rank", "8"], "--lora-rank does not go with a student's summary"),
        (["distill", "--dry-run", "--print-config"], "--dry-run does not go with --print-config"),
        (["teach", "--json"], "--json does not go with plad teach"),
        (["sweep", "--losses", "rank", "--seed", "3"], "--seed does not go with plad sweep: its runs have the seeds of --seeds"),
        (["rouge", "--json", "--seed", "3"], "--seed does not go with --json"),
        (["cache", "explain", "--run", "R", "--sample", "1"], "--sample does not go with every prompt: it goes with --id"),
    ])
    func aFlagThatTheModeDoesNotUseIsRefusedByName(arguments: [String], message: String) throws {
        let result = try PladProcess.run(arguments)
        #expect(result.status == 64 && result.errors.hasPrefix("plad: \(message)"), "\(result.errors)")
    }

    @Test func aJudgesSettingsWithoutAJudgeAreRefusedByName() throws {
        let student = PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path
        let prompts = PladProcess.checkout.appendingPathComponent("Tests/Fixtures/old-run/prompts.jsonl").path
        let run = [
            "distill", "--student", student, "--prompts", prompts, "--out", "/nonexistent/run", "--teacher-model", "m", "--teacher-id", "t",
            "--replay",
        ]
        for flags in [["--judge-max-tokens", "9"], ["--judge-extra", "a=1"], ["--judge-dialect", "ollama"], ["--judge-price", "1,2"]] {
            let result = try PladProcess.run(run + flags)
            #expect(result.status == 64, "\(result.errors)")
            #expect(result.errors.hasPrefix("plad: \(flags[0]) is given without --judge-remote"), "\(result.errors)")
        }
    }

    /// Every flag of a run with another value than its own.
    private let flags = [
        "--remote", "http://127.0.0.1:9/v1", "--teacher-model", "m", "--dialect", "ollama", "--header", "x-a: b", "--extra", "seed=3",
        "--extra", "options={\"a\":[1,null]}", "--teacher-id", "t", "--key-file", "k", "--plain-http", "--teacher-samples", "2",
        "--teacher-temperature",
        "0.5",
        "--max-tokens", "12", "--stop", "END", "--concurrency", "3", "--requests-per-minute", "60", "--tokens-per-minute", "600.5",
        "--timeout", "7", "--batch", "--stream", "never", "--attempts", "2", "--budget", "1.5", "--price", "0.15,0.6", "--keep-refusals",
        "--skip-failed", "--keep-truncated", "--cache", "c", "--replay", "--refresh", "--prompts", "p", "--valid", "v", "--held-out", "0.2",
        "--test", "t", "--install", "last", "--min-pairs", "3", "--rank", "both", "--sample-pairs", "all", "--min-gap", "0.2",
        "--keep-likely", "chosen",
        "--quality", "command", "--quality-command", "true", "--quality-timeout", "5", "--critic-epochs", "2", "--keep-answers", "best",
        "--unpaid-prompts", "u",
        "--unpaid-limit", "4", "--limit", "9", "--pairs", "8", "--student", "s", "--threads", "2",
        "--dtype", "bf16", "--warm-up-epochs", "2",
        "--warm-up-learning-rate", "0.001", "--warm-up-schedule", "wsd", "--samples", "3", "--temperature", "0.7", "--top-k", "40",
        "--top-p",
        "0.9", "--negatives", "random", "--negatives-from", "initial", "--initial-share", "0.5", "--min-similarity", "0.1",
        "--max-similarity", "0.9",
        "--max-length-ratio", "2", "--prefer", "metric", "--loss", "simpo", "--beta", "2.5", "--gamma", "0.5", "--norm", "mean", "--epochs",
        "2",
        "--rounds", "3", "--guard", "stop", "--learning-rate", "0.0003", "--batch-size", "8", "--schedule", "linear",
        "--learning-rate-warm-up", "0.1", "--weight-decay", "0.01", "--clip", "0.5", "--rows-per-pass", "512", "--lora-rank", "4",
        "--lora-alpha", "16", "--lora-targets", "q_proj,v_proj", "--evaluation-samples", "2", "--beams", "--judge", "chrf",
        "--judge-remote",
        "http://127.0.0.1:9/v1", "--judge-model", "j", "--judge-dialect", "openai-chat", "--judge-extra", "top_k=1", "--judge-id", "ji",
        "--judge-key-file", "jk", "--judge-plain-http", "--judge-price", "1,2", "--judge-max-tokens", "64", "--out", "o", "--seed", "5",
        "--checkpoint-seconds",
        "1",
    ]

    @Test func everyFlagIsASettingAndComesBackFromAConfigFile() throws {
        try PladProcess.withFolder { folder in
            let printed = try PladProcess.run(["distill", "--print-config"] + flags)
            #expect(printed.status == 0, "\(printed.errors)")
            let given = Set(flags.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) })
            let keys = Set(printed.output.split(separator: "\n").compactMap { $0.split(separator: ":").first.map(String.init) })
            // The loss's further numbers are filled in.
            #expect(given.subtracting(keys) == [] && keys.subtracting(given) == ["lambda"])
            let file = folder.appendingPathComponent("config.yaml")
            try Data(printed.output.utf8).write(to: file)
            let again = try PladProcess.run("distill", "--print-config", "--config", file.path)
            #expect(again.output == printed.output, "\(again.errors)")
        }
    }
}
