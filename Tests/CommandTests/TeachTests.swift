import Foundation
import PladRecords
import Testing

/// Money and states through the binary, against a scripted teacher.
@Suite(.serialized) struct TeachTests {
    private struct Teaching {
        let folder: URL
        let teacher: LocalTeacher
        var prompts = 60

        func callAsFunction(_ more: String..., out: String = "run") throws -> PladProcess.Result {
            try PladProcess.run(try arguments(more, out: out))
        }

        /// The process under way, its words in `words`.
        func start(_ more: String..., out: String = "run") throws -> Process {
            try Data().write(to: words)
            return try PladProcess.start(try arguments(more, out: out), stdout: words, stderr: words)
        }

        var words: URL { folder.appendingPathComponent("words.log") }
        var cache: String { folder.appendingPathComponent("cache.sqlite").path }

        func arguments(_ more: [String], out: String) throws -> [String] {
            let file = folder.appendingPathComponent("prompts.txt")
            try Data((1...prompts).map { "question \($0)\n" }.joined().utf8).write(to: file)
            return [
                "teach", "--remote", teacher.remote, "--teacher-id", "mock", "--teacher-model", "m", "--prompts", file.path,
                "--student", PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path,
                "--out", folder.appendingPathComponent(out).path, "--cache", cache,
            ] + more
        }

        /// What the cache's account says, and what the answers that it holds cost at a dollar and ten.
        func money() throws -> (account: JSONValue, answers: Int, cost: Int) {
            let stats = try JSONValue(parsing: Data(try PladProcess.run("cache", "stats", "--cache", cache, "--json").output.utf8))
            let recording = folder.appendingPathComponent("recording.jsonl")
            _ = try PladProcess.run("cache", "export", recording.path, "--cache", cache)
            let usages = try String(contentsOf: recording, encoding: .utf8).split(separator: "\n")
                .map { try JSONValue(parsing: Data($0.utf8))["usage"] }
            let cost = usages.reduce(0) { $0 + 1000 * ($1?["prompt_tokens"]?.int ?? 0) + 10_000 * ($1?["completion_tokens"]?.int ?? 0) }
            return (stats["account"] ?? .null, usages.count, cost)
        }

        func summary(_ out: String = "run") throws -> TeachSummary {
            try JSONLines.read(TeachSummary.self, from: folder.appendingPathComponent("\(out)/teach.json"))[0]
        }

        func drops(_ out: String = "run") throws -> [Drop] {
            try JSONLines.read(Drop.self, from: folder.appendingPathComponent("\(out)/drops.jsonl"))
        }

        var asked: Int {
            get throws {
                try String(contentsOf: folder.appendingPathComponent("attempts.jsonl"), encoding: .utf8).split(separator: "\n").count
            }
        }
    }

    private func teaching(_ script: String, _ body: (Teaching) throws -> Void) throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher(script: script, in: folder)
            defer { teacher.stop() }
            try body(Teaching(folder: folder, teacher: teacher))
        }
    }

    private static let faults = """
        faulty: 0.5
        faults:
          - { name: empty, text: "" }
          - { name: refusal, text: "I'm sorry, but I can't help with that." }
          - { name: length, finish-reason: length }
          - { name: tools, finish-reason: tool_calls }
          - { name: filter, finish-reason: content_filter }
          - { name: drift, model: other }
          - { name: broken, status: 422, body: "{}" }
        """

    @Test func everyQuestionEndsInOneStateAndTheRecordsAgree() throws {
        try teaching(Self.faults) { teach in
            let result = try teach("--skip-failed", "--price", "1,10")
            #expect(result.status == 0, "\(result.errors)")
            let (summary, drops) = try (teach.summary(), teach.drops())
            #expect(summary.wanted == 60)
            #expect(summary.states.values.reduce(0, +) == 60)
            #expect(summary.states.filter { $0.key != "answered" }.values.reduce(0, +) == drops.count)
            for (state, count) in Dictionary(grouping: drops, by: \.state.rawValue).mapValues(\.count) {
                #expect(summary.states[state] == count)
            }
            #expect(Set(drops.map(\.state)) == [.empty, .refused, .truncated, .unfinished, .filtered, .failed])
            #expect(drops.filter { $0.state == .unfinished }.allSatisfy { $0.detail.contains("unfinished (tool_calls)") })
            #expect(summary.failures == ["rejected": summary.states["failed"] ?? 0])
            #expect(summary.models.count == 2 && result.errors.contains("the teacher's model changed under way: m"))
            #expect(summary.wire.dollars ?? 0 > 0)
            let answers = try JSONLines.read(TeacherCompletion.self, from: teach.folder.appendingPathComponent("run/teacher.jsonl"))
            #expect(answers.count == summary.states["answered"])

            // Failed completions are requested again; all others are in the cache, in the same states.
            let again = try teach("--skip-failed", out: "again")
            #expect(again.status == 0, "\(again.errors)")
            #expect(try teach.summary("again").states["cached"] == answers.count)
            #expect(try Set(teach.drops("again")).isSuperset(of: drops.filter { $0.state != .failed }))
        }
    }

    /// One spelling of an answer's end or edge after the other, in every dialect, streamed and not, and in batches: what is not whole is
    /// never learnt from.
    @Test(
        arguments: ["openai-chat", "openai-responses", "openai-completions", "anthropic", "gemini", "ollama"],
        [["--stream", "never"], ["--stream", "always"], ["--batch"]])
    func whatIsNotWholeIsNeverLearntFrom(dialect: String, how: [String]) throws {
        guard how != ["--batch"] || !["gemini", "ollama"].contains(dialect) else { return }
        let script = """
            answer: "It is so."
            batch: { polls: 0 }
            faulty: 1
            faults:
              - { finish-reason: stop }
              - { finish-reason: length }
              - { finish-reason: content_filter }
              - { text: "It is so.<|im_end|>" }
              - { text: "It is so.<|im_end|>\\n<|im_start|>user\\nAnd then?" }
              - { finish-reason: MAX_TOKENS }
              - { finish-reason: abort }
            """
        try teaching(script) { teach in
            let arguments = how + ["--dialect", dialect, "--skip-failed"]
            let result = try PladProcess.run(try teach.arguments(arguments, out: "run"))
            #expect(result.status == 0, "\(result.errors)")
            let answers = try JSONLines.read(TeacherCompletion.self, from: teach.folder.appendingPathComponent("run/teacher.jsonl"))
            #expect(Set(answers.map(\.text)) == ["It is so."] && answers.count < 60)
            #expect(answers.contains { $0.cut == "<|im_end|>" } && answers.contains { $0.cut == nil })
            #expect(result.errors.contains("control text of a chat format was cut off"), "\(result.errors)")
            let states = Set(try teach.drops().map(\.state))
            #expect(
                states.isSuperset(of: [.truncated, .unfinished]) && states.isSubset(of: [.truncated, .unfinished, .filtered, .refused]))
        }
    }

    @Test func theBudgetStopsTheAskingAndKeepsWhatWasPaidFor() throws {
        try teaching("answer: yes") { teach in
            // A question may cost about a quarter of a cent, and costs about a hundredth of that.
            let result = try teach("--price", "1,10", "--budget", "0.003", "--max-tokens", "256", "--concurrency", "4")
            #expect(result.status == 75)
            #expect(result.errors.contains("raise --budget"), "\(result.errors)")
            let first = try teach.summary()
            #expect(first.states["answered", default: 0] > 0 && first.states["over-budget", default: 0] > 0)
            #expect(try teach.drops().allSatisfy { $0.state == .overBudget })
            #expect(try teach.asked == first.states["answered"])
            #expect(first.wire.dollars ?? 1 <= 0.003)

            // The next run goes on from there, and the budget counts what was spent before.
            let more = try teach("--price", "1,10", "--budget", "1")
            #expect(more.status == 0, "\(more.errors)")
            #expect(try teach.summary().states == ["answered": 60 - first.states["answered"]!, "cached": first.states["answered"]!])
            #expect(try teach.asked == 60)
            #expect(try teach.summary().wire.completions == 60)
        }
    }

    @Test func whateverIsKilledTheAccountIsThatOfTheAnswersKept() throws {
        try teaching("answer: yes\nfaulty: 1\nfaults: [ { delay-seconds: 0.02 } ]") { teach in
            var teach = teach
            teach.prompts = 800
            let concurrency = 16
            for kills in 1...6 {
                let process = try teach.start("--price", "1,10", "--budget", "100", "--concurrency", "\(concurrency)")
                // A slow machine takes a while to begin.
                let (asked, deadline) = (try teach.asked, Date().addingTimeInterval(20))
                while try teach.asked == asked, process.isRunning, Date() < deadline { usleep(10_000) }
                usleep(UInt32(30_000 * kills))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                usleep(100_000)
                let (account, answers, cost) = try teach.money()
                #expect(account["paid"]?["nanodollars"]?.int == cost, "after \(answers) answers")
                // No request costs more than a third of a cent.
                let reserved = account["reserved"]?["nanodollars"]?.int ?? -1
                #expect(reserved <= kills * concurrency * 3_333_333)
                #expect(try reserved > 0 || teach.asked == answers, "what was under way stays set aside")
            }
            let last = try teach("--price", "1,10", "--budget", "100")
            #expect(last.status == 0, "\(last.errors)")
            let (account, answers, cost) = try teach.money()
            #expect(answers == 800 && account["paid"]?["nanodollars"]?.int == cost)
        }
    }

    /// Asks with four requests at a time, and stops once they are under way, as often as Ctrl-C is pressed.
    private func stopped(_ script: String, times: Int, _ body: (Teaching, String) throws -> Void) throws {
        try teaching(script) { teach in
            let process = try teach.start("--price", "1,10", "--concurrency", "4")
            let deadline = Date().addingTimeInterval(30)
            while try teach.asked < 4, Date() < deadline { usleep(20_000) }
            for _ in 0..<times {
                kill(process.processIdentifier, SIGINT)
                usleep(300_000)
            }
            process.waitUntilExit()
            #expect(process.terminationStatus == 130)
            let words = try String(contentsOf: teach.words, encoding: .utf8)
            #expect(words.contains("run the same command again to continue"), "\(words)")
            #expect(try teach.asked == 4, "nothing is asked after the first Ctrl-C")
            try body(teach, words)
        }
    }

    @Test func theFirstInterruptionLetsRequestsUnderWayFinish() throws {
        try stopped("answer: yes\nfaulty: 1\nfaults: [ { delay-seconds: 1.5 } ]", times: 1) { teach, words in
            #expect(words.contains("stopping once the 4 requests under way are answered and kept (again to cut them)"), "\(words)")
            let (account, answers, cost) = try teach.money()
            #expect(answers == 4 && account["paid"]?["nanodollars"]?.int == cost && account["in_doubt"]?["nanodollars"] == 0)
            #expect(try teach.summary().states == ["answered": 4, "interrupted": 56])
        }
    }

    @Test func theSecondInterruptionCutsThem() throws {
        try stopped("answer: yes\nfaulty: 1\nfaults: [ { delay-seconds: 60 } ]", times: 2) { teach, words in
            #expect(words.contains("cutting the 4 requests under way"), "\(words)")
            let (account, states) = try (teach.money().account, teach.summary().states)
            #expect(account["in_doubt"]?["nanodollars"]?.int ?? 0 > 0)
            #expect(states == ["interrupted": 60])
        }
    }

    @Test func aWaitEndsAtTheFirstInterruption() throws {
        let began = Date()
        try stopped("sequence: [ { status: 429, headers: { Retry-After: '60' } } ]", times: 1) { _, _ in
            #expect(Date().timeIntervalSince(began) < 30)
        }
    }

    @Test func anUnknownPriceIsNoBudget() throws {
        try teaching("answer: yes") { teach in
            let result = try teach("--budget", "1")
            #expect(result.status == 64)
            #expect(result.errors.contains("--price"))
            #expect(!FileManager.default.fileExists(atPath: teach.folder.appendingPathComponent("run").path))
        }
    }

    @Test func aRehearsalAsksNothingAndBeginsNothing() throws {
        try teaching("answer: yes") { teach in
            #expect(try teach("--limit", "10").status == 0)
            let asked = try teach.asked
            let result = try teach("--dry-run", "--price", "1,10", "--json", out: "dry")
            #expect(result.status == 0, "\(result.errors)")
            let found = try JSONValue(parsing: Data(result.output.utf8))
            #expect(found["wanted"] == 60)
            #expect(found["cached"]?.int == asked)
            #expect(found["to_ask"]?.int == 60 - asked)
            #expect(try #require(found["dollars_at_least"]?.double) < #require(found["dollars_at_most"]?.double))
            #expect(try teach.asked == asked)
            // Six are held out, and two of the ten are in the cache.
            let pairs = try teach("--dry-run", "--pairs", "10", "--json", out: "dry")
            #expect(try JSONValue(parsing: Data(pairs.output.utf8))["wanted"] == 16, "\(pairs.output)")
            #expect(!FileManager.default.fileExists(atPath: teach.folder.appendingPathComponent("dry").path))
        }
    }

    @Test func aMissIsExplainedByTheNearestRow() throws {
        try teaching("answer: yes") { teach in
            #expect(try teach().status == 0)
            #expect(try teach("--replay", "--teacher-temperature", "0.5", out: "warm").status == 65)
            let run = teach.folder.appendingPathComponent("warm").path
            let result = try PladProcess.run("cache", "explain", "--run", run, "--id", "line-7")
            #expect(result.output.contains("miss"), "\(result.output) \(result.errors)")
            #expect(result.output.contains("body.temperature: recorded 0, asked 0.5"), "\(result.output)")
            let hit = try PladProcess.run(
                "cache", "explain", "--run", teach.folder.appendingPathComponent("run").path, "--id", "line-7", "--json")
            #expect(try JSONValue(parsing: Data(hit.output.utf8))["state"] == "hit")
        }
    }

    @Test func headersFromTheEnvironmentReachTheWireAndNoRecord() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher(script: "answer: yes", in: folder)
            defer { teacher.stop() }
            let prompts = folder.appendingPathComponent("p.txt")
            try Data("one\ntwo\n".utf8).write(to: prompts)
            let result = try PladProcess.run(
                [
                    "teach", "--remote", teacher.remote, "--teacher-model", "m", "--prompts", prompts.path, "--held-out", "0",
                    "--student", PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path, "--header", "api-key: ${PLANTED}",
                    "--out", folder.appendingPathComponent("run").path, "--cache", folder.appendingPathComponent("cache.sqlite").path,
                ], environment: ["PLANTED": "planted-secret-7"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(!(result.errors + result.output).contains("planted-secret-7"))
            let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)).compactMap { $0 as? URL }
            #expect(files.contains { $0.lastPathComponent == "run.json" })
            for file in files where !file.hasDirectoryPath {
                #expect(try Data(contentsOf: file).range(of: Data("planted-secret-7".utf8)) == nil, "\(file.path)")
            }
        }
    }

    @Test func aRefusedSecretIsWrittenNowhere() throws {
        try teaching("answer: yes") { teach in
            for header in ["Authorization: Bearer planted-7", "api-key planted-7"] {
                let result = try teach("--header", header, out: "refused")
                #expect(result.status == 64, "\(result.errors)")
                #expect(result.errors.contains("--header") && !result.errors.contains("planted-7"), "\(result.errors)")
                #expect(!FileManager.default.fileExists(atPath: teach.folder.appendingPathComponent("refused").path))
            }
        }
    }

    @Test func onlyAsManyPromptsAreAskedAsGiveThePairs() throws {
        try teaching(Self.faults) { teach in
            let first = try teach("--pairs", "20", "--skip-failed", "--keep-truncated")
            #expect(first.status == 0, "\(first.errors)")
            let answers = try JSONLines.read(TeacherCompletion.self, from: teach.folder.appendingPathComponent("run/teacher.jsonl"))
            #expect(answers.count { $0.split == .train } == 20)
            let summary = try teach.summary()
            #expect(summary.wanted < 60)
            #expect(try summary.states.values.reduce(0, +) == summary.wanted && teach.drops().count == summary.wanted - answers.count)
            let again = try teach("--pairs", "20", "--skip-failed", "--keep-truncated", "--replay", "--concurrency", "1", out: "again")
            #expect(again.status == 0, "\(again.errors)")
            func recorded(_ run: String) throws -> Data {
                try Data(contentsOf: teach.folder.appendingPathComponent("\(run)/teacher.jsonl"))
            }
            #expect(try recorded("again") == recorded("run"))
        }
    }
}
