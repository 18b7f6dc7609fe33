import Foundation
import PladRecords
import Testing

/// Batches through the binary, against a scripted provider.
@Suite(.serialized) struct BatchTests {
    private struct Teaching {
        let folder: URL
        let teacher: LocalTeacher

        func arguments(_ more: [String], out: String) throws -> [String] {
            let prompts = folder.appendingPathComponent("prompts.txt")
            try Data((1...20).map { "question \($0)\n" }.joined().utf8).write(to: prompts)
            return [
                "teach", "--remote", teacher.remote, "--teacher-id", "mock", "--teacher-model", "m", "--prompts", prompts.path, "--student",
                PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path, "--out", folder.appendingPathComponent(out).path,
                "--cache", cache,
            ] + more
        }

        var cache: String { folder.appendingPathComponent("cache.sqlite").path }

        func callAsFunction(_ more: String..., out: String = "run") throws -> PladProcess.Result {
            try PladProcess.run(try arguments(more, out: out))
        }

        func batches() throws -> [JSONValue] {
            try PladProcess.run("batch", "ls", "--cache", cache, "--json").output.split(separator: "\n")
                .map { try JSONValue(parsing: Data($0.utf8)) }
        }

        var asked: Int {
            get throws {
                try String(contentsOf: folder.appendingPathComponent("attempts.jsonl"), encoding: .utf8).split(separator: "\n").count
            }
        }

        func texts(_ out: String = "run") throws -> [String] {
            try JSONLines.read(TeacherCompletion.self, from: folder.appendingPathComponent("\(out)/teacher.jsonl")).map(\.text)
        }
    }

    private func teaching(_ script: String, _ body: (Teaching) throws -> Void) throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher(script: script, in: folder)
            defer { teacher.stop() }
            try body(Teaching(folder: folder, teacher: teacher))
        }
    }

    @Test(arguments: ["openai-chat", "openai-responses", "openai-completions", "anthropic"])
    func aBatchBringsWhatAskingWouldHave(dialect: String) throws {
        try teaching("answer: 'about {prompt}'\nbatch: { polls: 0 }") { teach in
            let result = try teach("--batch", "--dialect", dialect, "--concurrency", "3")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("20 requests: 20 completed, 0 without"), "\(result.errors)")
            #expect(try teach.batches().map { $0["rows"] } == [20])
            #expect(try teach("--replay", "--dialect", dialect, out: "replayed").status == 0)
            #expect(try teach.texts("replayed") == teach.texts())
            #expect(try teach("--dialect", dialect, "--cache", teach.cache + "2", out: "asked").status == 0)
            #expect(try teach.texts("asked") == teach.texts())
            #expect(try PladProcess.run("cache", "verify", "--cache", teach.cache).status == 0)
        }
    }

    @Test(arguments: ["openai-chat", "anthropic"])
    func aBatchOutlivesTheProcessThatSubmittedIt(dialect: String) throws {
        try teaching("batch: { polls: 1 }") { teach in
            let log = teach.folder.appendingPathComponent("killed.log")
            try Data().write(to: log)
            let process = try PladProcess.start(
                try teach.arguments(["--batch", "--dialect", dialect], out: "run"), stdout: log, stderr: log)
            let deadline = Date().addingTimeInterval(60)
            while try teach.batches().first?["status"] == nil, Date() < deadline { usleep(50_000) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let result = try teach("--batch", "--dialect", dialect)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try teach.batches().count == 1)
            #expect(try teach.texts().count == 20)
        }
    }

    /// A run of --batch that is stopped once its batch is sent.
    private func stopped(_ teach: Teaching, _ more: String...) throws {
        let log = teach.folder.appendingPathComponent("stopped.log")
        try Data().write(to: log)
        let process = try PladProcess.start(try teach.arguments(["--batch"] + more, out: "stopped"), stdout: log, stderr: log)
        let deadline = Date().addingTimeInterval(60)
        while try teach.batches().first?["status"] == nil, Date() < deadline { usleep(50_000) }
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        let words = try String(contentsOf: log, encoding: .utf8)
        #expect(process.terminationStatus == 130, "\(words)")
    }

    private func money(_ teach: Teaching) throws -> (paid: Int, inBatches: Int) {
        let stats = try JSONValue(parsing: Data(try PladProcess.run("cache", "stats", "--cache", teach.cache, "--json").output.utf8))
        func amount(_ name: String) -> Int { stats["account"]?[name]?["nanodollars"]?.int ?? -1 }
        return (amount("paid"), amount("in_batches"))
    }

    private func summary(_ teach: Teaching, _ out: String) throws -> TeachSummary {
        try JSONLines.read(TeachSummary.self, from: teach.folder.appendingPathComponent("\(out)/teach.json"))[0]
    }

    @Test func aBatchKeepsToTheBudgetAndIsPaidAtHalfThePrice() throws {
        try teaching("answer: yes\nbatch: { polls: 0 }") { teach in
            // A question may cost a seventh of a cent in a batch, and costs a hundredth of that.
            let first = try teach("--batch", "--price", "1,10", "--budget", "0.01", "--max-tokens", "256")
            #expect(first.status == 75, "\(first.errors)")
            let states = try summary(teach, "run").states
            let batched = states["batched", default: 0]
            #expect((5...8).contains(batched) && states == ["batched": batched, "over-budget": 20 - batched], "\(first.errors)")
            #expect(first.errors.contains("\(batched) batched"), "\(first.errors)")
            let (wire, account) = try (summary(teach, "run").wire, money(teach))
            #expect(account == (wire.promptTokens * 500 + wire.completionTokens * 5000, 0))
            #expect(wire.completions == batched && Int(((wire.dollars ?? 0) * 1e9).rounded()) == account.paid)
            // What the first did not use is free again.
            let second = try teach("--batch", "--price", "1,10", "--budget", "0.01", "--max-tokens", "256")
            #expect(try summary(teach, "run").states["cached"] == batched, "\(second.errors)")
            #expect(try summary(teach, "run").states["batched", default: 0] >= batched - 1)
            #expect(try teach("--batch", "--price", "1,10", "--budget", "1", "--max-tokens", "256").status == 0)
            #expect(try teach.texts().count == 20)
        }
    }

    @Test func whatLiesInAnOpenBatchIsNotAskedAgain() throws {
        try teaching("batch: { polls: 1000 }") { teach in
            try stopped(teach, "--price", "1,10")
            let id = try #require(try teach.batches()[0]["id"]?.string)
            #expect(try money(teach).inBatches > 0)
            let alone = try teach("--price", "1,10", "--limit", "10", out: "alone")
            #expect(alone.status == 75 && alone.errors.contains("completions are in open batch \(id)"), "\(alone.errors)")
            #expect(alone.errors.contains("plad batch cancel"))
            #expect(
                try !FileManager.default.fileExists(atPath: teach.folder.appendingPathComponent("attempts.jsonl").path) || teach.asked == 0)
            let dry = try JSONValue(parsing: Data(try teach("--dry-run", "--price", "1,10", "--json", out: "dry").output.utf8))
            #expect(dry["in_batch"] == 20 && dry["to_ask"] == 0)
            // A cache says where its batches lie, and may be a stranger's.
            let key = ["PLAD_API_KEY": "sk-planted-1"]
            let kept = try PladProcess.run(["batch", "cancel", id, "--cache", teach.cache], environment: key)
            #expect(kept.status == 64 && kept.errors.contains("give --remote http://127.0.0.1:"), "\(kept.errors)")
            #expect(kept.errors.contains("the key of PLAD_API_KEY") && !kept.errors.contains("planted"), "\(kept.errors)")
            let elsewhere = try PladProcess.run(
                ["batch", "cancel", id, "--cache", teach.cache, "--remote", "http://127.0.0.1:1/v1"], environment: key)
            #expect(elsewhere.status == 64 && elsewhere.errors.contains("is at http://127.0.0.1:"), "\(elsewhere.errors)")
            let url = try #require(try teach.batches()[0]["url"]?.string)
            let cancelled = try PladProcess.run(
                ["batch", "cancel", id, "--cache", teach.cache, "--remote", String(url.prefix { $0 != "v" }) + "v1"], environment: key)
            #expect(cancelled.status == 0 && cancelled.output.contains("requests free"), "\(cancelled.errors)")
            #expect(try money(teach).inBatches == 0)
            #expect(try teach("--price", "1,10", out: "freed").status == 0)
        }
    }

    @Test func aForgottenBatchFreesItsQuestionsAndStaysInDoubt() throws {
        try teaching("batch: { polls: 1000 }") { teach in
            try stopped(teach, "--price", "1,10")
            let id = try #require(try teach.batches()[0]["id"]?.string)
            teach.teacher.stop()
            let forgotten = try PladProcess.run("batch", "cancel", id, "--cache", teach.cache, "--forget")
            #expect(forgotten.status == 0 && forgotten.output.contains("20 requests are free"), "\(forgotten.errors)")
            #expect(try teach.batches()[0]["is_open"] == false && money(teach).inBatches == 0)
        }
    }

    @Test func aRehearsalOfABatchIsAtHalfThePrice() throws {
        try teaching("answer: yes") { teach in
            func most(_ more: String...) throws -> Double {
                let result = try PladProcess.run(try teach.arguments(["--dry-run", "--price", "1,10", "--json"] + more, out: "dry"))
                return try #require(try JSONValue(parsing: Data(result.output.utf8))["dollars_at_most"]?.double)
            }
            let (half, full) = try (most("--batch"), most())
            #expect(abs(half * 2 - full) < 1e-6)
        }
    }

    @Test func aLostAnswerToTheSubmissionIsNoSecondSubmission() throws {
        try teaching("batch: { polls: 0, sequence: [{ cut-after-bytes: 5 }] }") { teach in
            let result = try teach("--batch")
            #expect(result.status == 0, "\(result.errors)")
            #expect(try teach.batches().count == 1)
            let attempts = try String(contentsOf: teach.folder.appendingPathComponent("attempts.jsonl"), encoding: .utf8)
            #expect(attempts.split(separator: "\n").count <= 40, "no row was answered twice")
        }
    }

    @Test func rowsThatExpireAreFailedAndSubmittedAgain() throws {
        try teaching("batch: { polls: 0, ends: expired }") { teach in
            let first = try teach("--batch", "--skip-failed")
            #expect(first.errors.contains("20 requests: 10 completed, 10 without"), "\(first.errors)")
            let drops = try JSONLines.read(Drop.self, from: teach.folder.appendingPathComponent("run/drops.jsonl"))
            #expect(drops.count == 10 && drops.allSatisfy { $0.state == .failed && $0.detail.contains("batch_expired") })
            let again = try teach("--batch", "--skip-failed", out: "again")
            #expect(again.errors.contains("10 requests: 5 completed, 5 without"), "\(again.errors)")
        }
    }

    @Test func aCancelledBatchLeavesWhatIsAnswered() throws {
        try teaching("batch: { polls: 1000 }") { teach in
            let log = teach.folder.appendingPathComponent("killed.log")
            try Data().write(to: log)
            let process = try PladProcess.start(try teach.arguments(["--batch"], out: "run"), stdout: log, stderr: log)
            let deadline = Date().addingTimeInterval(60)
            while try teach.batches().first?["status"] == nil, Date() < deadline { usleep(50_000) }
            let id = try #require(try teach.batches().first?["id"]?.string)
            let cancelled = try PladProcess.run("batch", "cancel", id, "--cache", teach.cache)
            #expect(cancelled.status == 0, "\(cancelled.errors)")
            #expect(cancelled.output.contains("cancel"), "\(cancelled.output)")
            process.waitUntilExit()
            #expect(process.terminationStatus == 69)
            #expect(try PladProcess.run("batch", "cancel", id, "--cache", teach.cache).status == 64)
            #expect(try PladProcess.run("batch", "cancel", "nobody", "--cache", teach.cache).status == 64)
        }
    }

    @Test(arguments: [
        (["--replay"], "--replay"), (["--dialect", "ollama"], "ollama has no batches"),
        (["--pairs", "3"], "--pairs"),
    ])
    func whatDoesNotGoWithABatchIsRefused(more: [String], word: String) throws {
        try teaching("answer: yes") { teach in
            let result = try PladProcess.run(try teach.arguments(["--batch"] + more, out: "run"))
            #expect(result.status == 64)
            #expect(result.errors.contains(word), "\(result.errors)")
        }
    }
}
