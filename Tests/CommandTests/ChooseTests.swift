import Foundation
import PladRecords
import Testing

/// Which student a run keeps, and that what is kept is what was trained, through the binary.
@Suite(.serialized) struct ChooseTests {
    private let student = PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path

    /// A run of seconds whose teacher is the model `teacher`, of 40 prompts of which 16 are held out.
    private func distill(
        _ model: String, in folder: URL, student: String? = nil, prompts: String? = nil, _ more: String...
    ) throws -> PladProcess.Result {
        let teacher = try LocalTeacher(model, in: folder)
        defer { teacher.stop() }
        let words = ["the old house", "come and see", "water was hot", "we like sound", "number two", "a kind of light"]
        let lines = (0..<40).map { "{\"id\":\"p\($0)\",\"prompt\":\"\(words[$0 % 6]) \($0) is\"}" }
        let file = folder.appendingPathComponent("prompts.jsonl")
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        return try PladProcess.run(
            [
                "distill", "--remote", teacher.remote, "--teacher-model", model, "--teacher-id", "fixture", "--keep-truncated", "--student",
                student ?? self.student, "--prompts", prompts ?? file.path, "--out", folder.appendingPathComponent("run").path, "--cache",
                folder.appendingPathComponent("cache.sqlite").path, "--max-tokens", "8", "--held-out", "0.4", "--threads", "1",
            ] + more)
    }

    private func weights(_ folder: URL, _ name: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent("run/\(name)/model.safetensors"))
    }

    private func choice(_ folder: URL) throws -> StudentChoice {
        try #require(try JSONLines.read(StudentChoice.self, from: folder.appendingPathComponent("run/choice.json")).first)
    }

    @Test func aRankingThatMakesTheStudentWorseIsNotKept() throws {
        try PladProcess.withFolder { folder in
            // The student is its teacher's equal, and then a rate ruins it that would ruin any, with nothing that stops it.
            let result = try distill(
                "llama-gqa-tied", in: folder, "--learning-rate", "1", "--warm-up-learning-rate", "0", "--guard", "off", "--epochs", "3")
            #expect(result.status == 0, "\(result.errors)")
            let choice = try choice(folder)
            #expect(choice.student == "warm-up" && choice.split == "valid" && choice.prompts == 8)
            let ranked = try #require(choice.comparisons.last)
            #expect(ranked.student == "ranked" && ranked.baseline == "warm-up" && ranked.lost > ranked.won)
            #expect(ranked.won + ranked.lost + ranked.tied == 8)
            #expect(try weights(folder, "student") == weights(folder, "checkpoints/warm-up"))
            #expect(
                result.output.contains(choice.reason.prefix(40)) && result.output.contains("\"warm-up\" is not clearly different from"),
                "\(result.output)")
            let page = try String(contentsOf: folder.appendingPathComponent("run/report.html"), encoding: .utf8)
            #expect(page.contains(choice.reason))
            // What is reported on decided nothing.
            let prompts = try String(contentsOf: folder.appendingPathComponent("run/prompts.jsonl"), encoding: .utf8)
            let splits = ["train", "valid", "test"].map { split in
                prompts.split(separator: "\n").count { $0.contains("\"split\":\"\(split)\"") }
            }
            #expect(splits == [24, 8, 8])
        }
    }

    @Test func nothingToRankIsSuccess() throws {
        try PladProcess.withFolder { folder in
            // The student says what its teacher says: it is the same model, and takes the likeliest token as well.
            let teacher = try LocalTeacher("llama-gqa-tied", in: folder)
            defer { teacher.stop() }
            let result = try distill("llama-gqa-tied", in: folder, "--temperature", "0", "--warm-up-learning-rate", "0")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("there is no pair to rank: nothing is ranked"), "\(result.errors)")
            #expect(try weights(folder, "student") == weights(folder, "checkpoints/warm-up"))
            let evaluation = try #require(
                try JSONLines.read(Evaluation.self, from: folder.appendingPathComponent("run/evaluation.json")).first)
            #expect(evaluation.students.map(\.name) == ["initial", "warm-up"] && evaluation.students[1].exact?.mean == 1)
            // What is not ranked still keeps the teacher's text likely, and says why it is not.
            let pairs = try JSONLines.read(PreferencePair.self, from: folder.appendingPathComponent("run/pairs.jsonl"))
            #expect(pairs.count == 24 && pairs.allSatisfy { !$0.ranks })
            let drops = try JSONLines.read(Drop.self, from: folder.appendingPathComponent("run/drops.jsonl"))
            #expect(drops.count { $0.stage == .pair && $0.state == .equalSides } == 24)
            // Given again, everything is done.
            #expect(try distill("llama-gqa-tied", in: folder, "--temperature", "0", "--warm-up-learning-rate", "0").status == 0)
        }
    }

    @Test func theServedStudentReadsWhatItWasTrainedOn() throws {
        try PladProcess.withFolder { folder in
            let task = folder.appendingPathComponent("task")
            try FileManager.default.createDirectory(at: task, withIntermediateDirectories: true)
            try Data("student:\n  prompt: \"It's a \\\\ test: {{prompt}}\\nJSON:\\n\"\n".utf8).write(
                to: task.appendingPathComponent("task.yaml"))
            let lines = (0..<12).map { "{\"id\":\"p\($0)\",\"prompt\":\"say\\nnumber \($0)\"}" }
            try Data(lines.joined(separator: "\n").utf8).write(to: task.appendingPathComponent("train.jsonl"))
            let sp = PladProcess.fixtures.appendingPathComponent("llama-untied-sp").path
            let result = try distill(
                "llama-untied-sp", in: folder, student: sp, prompts: task.path, "--warm-up-epochs", "1", "--min-pairs", "99")
            #expect(result.status == 0, "\(result.errors)")
            let template = try String(contentsOf: folder.appendingPathComponent("run/student/chat_template.jinja"), encoding: .utf8)
            #expect(template.contains("JSON:\\n") && template.hasPrefix("{{ '<s>' }}"), "\(template)")
            // Through the served student's chat endpoint a prompt counts as many tokens as its wording has in training.
            let served = try LocalTeacher(model: folder.appendingPathComponent("run/student"), in: task)
            defer { served.stop() }
            let asked = try PladProcess.run(
                [
                    "teach", "--remote", served.remote, "--teacher-model", "student", "--prompts",
                    task.appendingPathComponent("train.jsonl").path,
                    "--out", folder.appendingPathComponent("asked").path, "--cache", folder.appendingPathComponent("asked.sqlite").path,
                    "--max-tokens", "1", "--keep-truncated", "--held-out", "0",
                ])
            #expect(asked.status == 0, "\(asked.errors)")
            let answers = try JSONLines.read(TeacherCompletion.self, from: folder.appendingPathComponent("asked/teacher.jsonl"))
            let pairs = try JSONLines.read(PreferencePair.self, from: folder.appendingPathComponent("run/pairs.jsonl"))
            #expect(!pairs.isEmpty)
            for pair in pairs {
                let answer = try #require(answers.first { $0.id == pair.id })
                #expect(answer.usage?.promptTokens == pair.promptIDs?.count)
            }
        }
    }

    @Test func aWrongModelBeginsNoRunThatStandsInTheWay() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher("llama-gqa-tied", in: folder)
            defer { teacher.stop() }
            let out = folder.appendingPathComponent("run").path
            let arguments = [
                "teach", "--remote", teacher.remote, "--prompts", "-", "--out", out, "--cache",
                folder.appendingPathComponent("c.sqlite").path,
                "--concurrency", "1", "--held-out", "0", "--keep-truncated", "--max-tokens", "8",
            ]
            let wrong = try PladProcess.run(arguments + ["--teacher-model", "wrong"], input: "say it\n")
            #expect(wrong.status != 0)
            let right = try PladProcess.run(arguments + ["--teacher-model", "llama-gqa-tied"], input: "say it\n")
            #expect(right.status == 0, "\(right.errors)")
            // The student is named when it is needed.
            let missing = try PladProcess.run("warm-up", "--run", out)
            #expect(missing.status == 64 && missing.errors.contains("--student is missing"), "\(missing.errors)")
        }
    }

    @Test func aSecondProcessInARunIsRefusedWithTheFirstsNumber() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher(script: "faulty: 1\nfaults:\n- {silent: true}\n", in: folder)
            defer { teacher.stop() }
            let prompts = folder.appendingPathComponent("prompts.txt")
            try Data("say it\n".utf8).write(to: prompts)
            let log = folder.appendingPathComponent("first.log")
            try Data().write(to: log)
            let arguments = [
                "teach", "--remote", teacher.remote, "--teacher-model", "m", "--prompts", prompts.path, "--out",
                folder.appendingPathComponent("run").path, "--cache", folder.appendingPathComponent("c.sqlite").path,
            ]
            let first = try PladProcess.start(arguments, stdout: log, stderr: log)
            defer {
                kill(first.processIdentifier, SIGKILL)
                first.waitUntilExit()
            }
            let lock = folder.appendingPathComponent("run/.lock")
            let number = "\(first.processIdentifier)"
            while (try? String(contentsOf: lock, encoding: .utf8)) != number, first.isRunning { usleep(10_000) }
            let second = try PladProcess.run(arguments)
            #expect(second.status == 75 && second.errors.contains("process \(number)"), "\(second.errors)")
        }
    }
}
