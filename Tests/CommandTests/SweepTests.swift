import Foundation
import Testing

/// Losses over seeds through the binary: a fixture serves as the teacher, another as the student.
@Suite(.serialized) struct SweepTests {
    private func arguments(_ teacher: String, in folder: URL, _ more: String...) throws -> [String] {
        let prompts = folder.appendingPathComponent("prompts.jsonl")
        let lines = (0..<12).map { "{\"id\":\"p\($0)\",\"prompt\":\"the old house \($0) is\"}" }
        try Data(lines.joined(separator: "\n").utf8).write(to: prompts)
        return [
            "sweep", "--remote", teacher, "--teacher-model", "llama-untied-sp", "--keep-truncated", "--student",
            PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path, "--prompts", prompts.path, "--out",
            folder.appendingPathComponent("sweep").path, "--cache", folder.appendingPathComponent("cache.sqlite").path, "--max-tokens", "8",
            "--held-out", "0.25", "--batch-size", "4", "--threads", "1", "--learning-rate", "1e-4", "--seeds", "1,2",
        ] + more
    }

    @Test func everyLossOfEverySeedBeginsFromTheSameWarmUp() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher("llama-untied-sp", in: folder)
            let variants = folder.appendingPathComponent("variants.yaml")
            try Data("soda: {loss: dpo, negatives-from: initial}\nlonger: {loss: sft}\n".utf8).write(to: variants)
            let more = ["--losses", "rank,simpo", "--variants", variants.path, "--against", "longer", "--margin", "2"]
            let first = try PladProcess.run(try arguments(teacher.remote, in: folder) + more)
            teacher.stop()
            #expect(first.status == 0, "\(first.errors)")
            for student in ["initial", "warm-up", "rank", "simpo", "soda", "longer"] {
                #expect(first.output.contains("\n\(student) "), "\(first.output)")
            }
            #expect(first.output.contains("minus longer, seed by seed"))
            #expect(first.output.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(first.output)")
            let one = try PladProcess.run(try arguments(teacher.remote, in: folder) + more + ["--seeds", "2"])
            #expect(one.output.hasPrefix("one seed, which has no interval: give several by --seeds\n") && one.output.contains(" ±-"))
            #expect(!one.output.contains("±0"), "\(one.output)")

            func weights(_ path: String) throws -> Data {
                try Data(contentsOf: folder.appendingPathComponent("sweep/\(path)/model.safetensors"))
            }
            for seed in ["seed-1", "seed-2"] {
                let base = try weights("\(seed)/base/checkpoints/warm-up")
                for variant in ["rank", "simpo", "soda", "longer"] {
                    #expect(try weights("\(seed)/\(variant)/checkpoints/warm-up") == base)
                    #expect(try weights("\(seed)/\(variant)/student") != base)
                }
            }
            #expect(try weights("seed-1/base/checkpoints/warm-up") != weights("seed-2/base/checkpoints/warm-up"))

            // The teacher is gone, and everything stands: only the table is made again.
            let again = try PladProcess.run(try arguments(teacher.remote, in: folder) + more)
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.output == first.output)
            let rows = try String(contentsOf: folder.appendingPathComponent("sweep/sweep.jsonl"), encoding: .utf8)
            let json = try PladProcess.run(try arguments(teacher.remote, in: folder) + more + ["--json"])
            #expect(json.output == rows)
            #expect(rows.split(separator: "\n").count == 6)
        }
    }

    @Test func rankOfASweepIsTheRunThatDistillMakes() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher("llama-untied-sp", in: folder)
            defer { teacher.stop() }
            let sweep = try PladProcess.run(try arguments(teacher.remote, in: folder, "--losses", "rank", "--seeds", "3"))
            #expect(sweep.status == 0, "\(sweep.errors)")
            var alone = try arguments(teacher.remote, in: folder, "--seed", "3", "--out", folder.appendingPathComponent("alone").path)
            alone.removeAll { $0 == "--seeds" || $0 == "1,2" }
            alone[0] = "distill"
            let run = try PladProcess.run(alone)
            #expect(run.status == 0, "\(run.errors)")
            for file in ["student/model.safetensors", "log.jsonl", "drops.jsonl", "pairs.jsonl", "evaluation.json"] {
                let (one, other) = (
                    folder.appendingPathComponent("sweep/seed-3/rank/\(file)"), folder.appendingPathComponent("alone/\(file)")
                )
                #expect(try Data(contentsOf: one) == Data(contentsOf: other), "\(file)")
            }
        }
    }

    @Test(arguments: [
        ("x: {loss: dpo, margin: 2}", "--margin 2.0: the loss dpo has no margin"),
        ("x: {warm-up-epochs: 1}", "the variant x sets --warm-up-epochs"),
        ("{z: &w {warm-up-epochs: 1}, y: *w, x: *w, w: *w, v: *w}", "the variant z sets --warm-up-epochs"),
        ("base: {loss: dpo}", "names a folder"),
        ("x: {loss: dpo", "variants.yaml"),
    ]) func variantThatCannotBeComparedIsRefusedBeforeAnythingBegins(yaml: String, message: String) throws {
        try PladProcess.withFolder { folder in
            let variants = folder.appendingPathComponent("variants.yaml")
            try Data(yaml.utf8).write(to: variants)
            let result = try PladProcess.run(try arguments("http://127.0.0.1:9", in: folder, "--variants", variants.path))
            #expect(result.status == 64 || result.status == 65, "\(result.status)")
            #expect(result.errors.contains(message), "\(result.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("sweep").path))
        }
    }
}
