import Foundation
import Testing

/// What a run's students are measured and judged by, through the binary.
@Suite(.serialized) struct EvaluateTests {
    /// A run of a second, begun and ended with the settings of the tests, and the server that was its teacher.
    private func withRun(_ more: String..., body: (_ folder: URL, _ run: String) throws -> Void) throws {
        try PladProcess.withFolder { folder in
            let words = ["the old house", "come and see", "water was hot", "we like sound", "number two", "a kind of light"]
            let lines = (0..<12).map { "{\"id\":\"p\($0)\",\"prompt\":\"\(words[$0 % 6]) \($0) is\"}" }
            let prompts = folder.appendingPathComponent("prompts.jsonl")
            try Data(lines.joined(separator: "\n").utf8).write(to: prompts)
            let run = folder.appendingPathComponent("run").path
            let teacher = try LocalTeacher("llama-gqa-tied", in: folder)
            defer { teacher.stop() }
            let arguments = [
                "distill", "--remote", teacher.remote, "--teacher-model", "llama-gqa-tied", "--teacher-id", "fixture", "--keep-truncated",
                "--student", PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path, "--prompts", prompts.path, "--out", run,
                "--cache", folder.appendingPathComponent("cache.sqlite").path, "--max-tokens", "8", "--held-out", "0.5", "--threads", "1",
                "--learning-rate", "1e-3", "--temperature", "0.7", "--top-k", "40", "--evaluation-samples", "3",
                // All six held-out prompts are reported on, and few pairs are ranked too.
                "--install", "last", "--min-pairs", "1", "--batch-size", "32",
            ]
            let result = try PladProcess.run(arguments + more)
            #expect(result.status == 0, "\(result.errors)")
            try body(folder, run)
        }
    }

    private func evaluation(_ run: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: run + "/evaluation.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func judgements(_ run: String) throws -> [[String: Any]] {
        try #require(try evaluation(run)["judgements"] as? [[String: Any]])
    }

    @Test func samplesHoldLikelihoodAgainstQualityAndAMetricJudges() throws {
        try withRun { _, run in
            for student in try #require(try evaluation(run)["students"] as? [[String: Any]]) {
                let more = try #require(student["more"] as? [String: Any])
                #expect(more["kendall"] != nil && more["spearman"] != nil && more["calibration_error"] != nil)
                #expect(student["likelihood_quality"] != nil && student["reliability"] != nil)
                let pairs = try #require((student["rank_accuracy"] as? [String: Any])?["count"] as? Int)
                #expect(pairs > 6 && pairs <= 18, "3 samples for each of 6 prompts")
            }
            let judged = try judgements(run)
            #expect(judged.map { $0["judge"] as? String } == ["metric", "metric"])
            #expect(judged.map { $0["baseline"] as? String } == ["warm-up", "initial"])
        }
    }

    @Test func anInterruptedEvaluationEndsInTheSameBytes() throws {
        try withRun { _, run in
            let file = URL(fileURLWithPath: run + "/evaluation.json")
            let before = try Data(contentsOf: file)
            try FileManager.default.removeItem(at: file)
            // What a killed process leaves: one student done, another half done with an unfinished line.
            let ranked = URL(fileURLWithPath: run + "/held-out/ranked.jsonl")
            var part = try Data(contentsOf: ranked)
            part = part.prefix(part.count / 2)
            try part.write(to: URL(fileURLWithPath: run + "/held-out/.ranked.jsonl.growing"))
            try FileManager.default.removeItem(at: ranked)
            let result = try PladProcess.run("evaluate", "--run", run)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try Data(contentsOf: file) == before)
        }
    }

    @Test func aRemoteJudgeIsAskedInBothOrdersAddedAndReplayed() throws {
        try withRun { folder, run in
            let script = folder.appendingPathComponent("judge.yaml")
            try Data("answer: \"The first one.\\nVerdict: A\"\n".utf8).write(to: script)
            let judge = try MockJudge(script, in: folder)
            let arguments = ["evaluate", "--run", run, "--judge-remote", judge.remote, "--judge-model", "first-always"]
            let asked = try PladProcess.run(arguments)
            judge.stop()
            #expect(asked.status == 0, "\(asked.errors)")
            let judged = try judgements(run)
            #expect(judged.map { $0["judge"] as? String } == ["metric", "metric", "first-always", "first-always", "first-always"])
            for judgement in judged.dropFirst(2) {
                #expect((judgement["win_rate"] as? [String: Any])?["mean"] as? Double == 0.5)
                #expect(judgement["malformed"] as? Int == 0)
            }
            // A judge that always takes the first answer turns with the order wherever answers differ.
            #expect(((judged[4]["flip_rate"] as? [String: Any])?["mean"] as? Double ?? 0) > 0.5)
            let attempts = try String(contentsOf: judge.log, encoding: .utf8).split(separator: "\n").count
            #expect(attempts > 0 && attempts % 2 == 0, "every pair in both orders: \(attempts)")

            // The judge is gone: what it said is in the cache.
            let file = URL(fileURLWithPath: run + "/evaluation.json")
            let before = try Data(contentsOf: file)
            try FileManager.default.removeItem(at: file)
            let replayed = try PladProcess.run(arguments + ["--replay"])
            #expect(replayed.status == 0, "\(replayed.errors)")
            #expect(try Data(contentsOf: file) == before)
            let other = try PladProcess.run(arguments.dropLast() + ["another", "--replay"])
            #expect(other.status != 0 && other.errors.contains("holds no completion"), "\(other.errors)")
            try FileManager.default.removeItem(at: file)
            let elsewhere = try PladProcess.run(arguments + ["--judge-id", "elsewhere", "--replay"])
            #expect(
                elsewhere.errors.contains("give --judge-id \"http://") && !elsewhere.errors.contains("--teacher-id"), "\(elsewhere.errors)")
        }
    }

    @Test func aRankingThatIsRolledBackIsSaidInTableRecordAndReport() throws {
        try withRun("--learning-rate", "0.5", "--lambda", "0", "--margin", "500", "--batch-size", "2") { _, run in
            let sentence = "the warm-up student: ranking collapsed at step 1 and was rolled back"
            #expect(try evaluation(run)["rollback"] as? String == sentence)
            let table = try PladProcess.run("evaluate", "--run", run)
            #expect(table.output.contains("\nranked*  ") && table.output.contains("\n* \(sentence)\n"), "\(table.output)")
            #expect(try PladProcess.run("evaluate", "--run", run, "--json").errors.contains("\nranked     is \(sentence)\n"))
            #expect(try PladProcess.run("compare", run).output.contains("run: ranked is \(sentence)"))
            #expect(try String(contentsOfFile: run + "/report.html", encoding: .utf8).contains("“ranked” is \(sentence)."))
        }
    }

    @Test func aFinishedStageSaysThatItIsDone() throws {
        try withRun { _, run in
            let again = try PladProcess.run("evaluate", "--run", run)
            #expect(again.errors.hasPrefix("evaluate   done before\n"), "\(again.errors)")
            #expect(try PladProcess.run("warm-up", "--run", run).errors == "warm-up    done before\n")
            #expect(try PladProcess.run("pair", "--run", run).errors == "pair       done before\n")
        }
    }

    @Test func aRunOfAnOlderPladStandsBesideOthersWithADash() throws {
        try withRun { _, run in
            let file = URL(fileURLWithPath: run + "/evaluation.json")
            var old = try evaluation(run)
            old["rouge_reads"] = nil
            old["students"] = (old["students"] as? [[String: Any]])?.map { $0.filter { $0.key != "chrf" && $0.key != "chrf_spread" } }
            old["differences"] = (old["differences"] as? [[String: Any]])?.map { $0.filter { $0.key != "chrf" } }
            try JSONSerialization.data(withJSONObject: old).write(to: file)
            let table = try PladProcess.run("compare", run)
            #expect(table.status == 0, "\(table.errors)")
            #expect(
                table.output.contains(/student +run +ROUGE-L +chrF +/) && table.output.contains(/ranked +run +0\.\d{4} +- +/),
                "\(table.output)")
            let report = try PladProcess.run("report", "--run", run)
            #expect(report.status == 0, "\(report.errors)")
            #expect(try !String(contentsOfFile: run + "/report.html", encoding: .utf8).contains("<b>chrF</b>"))
        }
    }

    @Test func aLocalModelJudgesByItsLikelihood() throws {
        try withRun { _, run in
            let folder = PladProcess.fixtures.appendingPathComponent("llama-untied-sp").path
            let result = try PladProcess.run("evaluate", "--run", run, "--judge", folder)
            #expect(result.status == 0, "\(result.errors)")
            let judged = try judgements(run).dropFirst(2)
            #expect(judged.map { $0["judge"] as? String } == [String](repeating: "likelihood under llama-untied-sp", count: 3))
            #expect(judged.map { $0["baseline"] as? String } == ["warm-up", "teacher", "teacher"])
            let wrong = try PladProcess.run("evaluate", "--run", run, "--judge", "nobody")
            #expect(wrong.status == 64 && wrong.errors.contains("--judge nobody"), "\(wrong.errors)")
        }
    }

    @Test func studentsAndRunsAnswerTheSamePrompts() throws {
        try withRun { folder, run in
            let student = PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path
            let other = PladProcess.fixtures.appendingPathComponent("llama-untied-sp").path
            let result = try PladProcess.run("evaluate", "--compare", run, student, other, "--json")
            #expect(result.status == 0, "\(result.errors)")
            let compared = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            let students = try #require(compared["students"] as? [[String: Any]])
            #expect(students.map { $0["name"] as? String } == ["run", "llama-gqa-tied", "llama-untied-sp"])
            let differences = try #require(compared["differences"] as? [[String: Any]])
            #expect(differences.map { $0["baseline"] as? String } == ["run", "run"])
            #expect(result.errors.contains("llama-untied-sp has another tokenizer"))
            // The run's ranked student and its first one, measured again, are what they were in the run's own evaluation.
            let own = try #require(try evaluation(run)["students"] as? [[String: Any]])
            for (index, name) in [(0, "ranked"), (1, "initial")] {
                let before = try #require(own.first { $0["name"] as? String == name })
                for measure in ["rouge_l", "teacher_negative_log_likelihood", "rank_accuracy"] {
                    #expect(
                        (students[index][measure] as? NSDictionary) == (before[measure] as? NSDictionary), "\(name), \(measure)")
                }
            }
            let table = try PladProcess.run("evaluate", "--compare", student, other, "--run", run)
            #expect(table.output.contains("llama-untied-sp against llama-gqa-tied, prompt by prompt"), "\(table.errors)")

            let alone = try PladProcess.run("evaluate", "--compare", run)
            #expect(alone.status == 64 && alone.errors.contains("name at least two"))
            let none = try PladProcess.run("evaluate", "--compare", student, other)
            #expect(none.status == 64 && none.errors.contains("none of these is a run"))
        }
    }

    @Test func aRunThatWasTrainedOnTheHeldOutPromptsIsRefused() throws {
        try withRun { folder, run in
            // The same run as if it had held out what it was trained on.
            let copy = folder.appendingPathComponent("copy")
            try FileManager.default.copyItem(at: URL(fileURLWithPath: run), to: copy)
            let prompts = copy.appendingPathComponent("prompts.jsonl")
            let text = try String(contentsOf: prompts, encoding: .utf8)
            let swapped = text.replacing("\"train\"", with: "\"other\"").replacing("\"valid\"", with: "\"train\"")
                .replacing("\"other\"", with: "\"valid\"")
            try Data(swapped.utf8).write(to: prompts)
            let result = try PladProcess.run("evaluate", "--compare", run, copy.path)
            #expect(result.status == 64 && result.errors.contains("was trained on 6 of the prompts"), "\(result.errors)")
        }
    }

    @Test func aJudgeThatCannotBeAskedIsRefusedBeforeTheTeacherIs() throws {
        try PladProcess.withFolder { folder in
            let prompts = folder.appendingPathComponent("prompts.txt")
            try Data("say one\nsay two\n".utf8).write(to: prompts)
            for (flags, reason) in [
                (["--judge", "nobody"], "--judge nobody"), (["--judge-remote", "http://127.0.0.1:9"], "--judge-model is missing"),
                (["--judge-model", "m"], "--judge-remote is missing"), (["--evaluation-samples=-1"], "--evaluation-samples -1"),
                (["--judge-remote", "http://127.0.0.1:9", "--judge-model", "m", "--budget", "1", "--price", "1,1"], "--judge-price"),
            ] {
                let result = try PladProcess.run(try distillArguments(folder, prompts, flags))
                #expect(result.status == 64 && result.errors.contains(reason), "\(flags): \(result.errors)")
            }
        }
    }

    private func distillArguments(_ folder: URL, _ prompts: URL, _ more: [String]) throws -> [String] {
        [
            "distill", "--remote", "http://127.0.0.1:9", "--teacher-model", "m", "--prompts", prompts.path, "--attempts", "1",
            "--student", PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path,
            "--out", folder.appendingPathComponent("run-\(UUID().uuidString)").path, "--cache", folder.appendingPathComponent("c").path,
        ] + more
    }
}

/// `plad mock-teacher` as a judge.
private final class MockJudge {
    private let process: Process
    let remote: String
    let log: URL

    init(_ script: URL, in folder: URL) throws {
        let portFile = folder.appendingPathComponent("judge-port")
        log = folder.appendingPathComponent("judge.log")
        let output = folder.appendingPathComponent("judge.out")
        try Data().write(to: output)
        process = try PladProcess.start(
            ["mock-teacher", "--script", script.path, "--port-file", portFile.path, "--log", log.path], stdout: output, stderr: output)
        var port = ""
        for _ in 0..<2000 where port.isEmpty {
            port = (try? String(contentsOf: portFile, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            if port.isEmpty { usleep(10_000) }
        }
        remote = "http://127.0.0.1:\(port)/v1"
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    deinit { if process.isRunning { process.terminate() } }
}
