import Foundation
import PladRecords
import Testing

/// The whole loop through the binary: a fixture serves as the teacher, another as the student.
@Suite(.serialized) struct DistillTests {
    /// A run of seconds: 24 prompts, two rounds, every stage.
    private func arguments(_ teacher: String, in folder: URL, out: String, _ more: String...) throws -> [String] {
        let prompts = folder.appendingPathComponent("prompts.jsonl")
        if !FileManager.default.fileExists(atPath: prompts.path) {
            let words = ["the old house", "come and see", "water was hot", "we like sound", "number two", "a kind of light"]
            let lines = (0..<24).map { "{\"id\":\"p\($0)\",\"prompt\":\"\(words[$0 % 6]) \($0) is\"}" }
            try Data(lines.joined(separator: "\n").utf8).write(to: prompts)
        }
        return [
            "distill", "--remote", teacher, "--teacher-model", "llama-untied-sp", "--teacher-id", "fixture", "--keep-truncated",
            "--student", PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path,
            "--prompts", prompts.path, "--out", folder.appendingPathComponent(out).path, "--cache",
            folder.appendingPathComponent("cache.sqlite").path,
            "--max-tokens", "12", "--held-out", "0.25", "--batch-size", "4", "--rounds", "2", "--threads", "1", "--seed", "5",
            "--learning-rate", "1e-4",
        ] + more
    }

    private func weights(_ folder: URL, _ run: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent("\(run)/student/model.safetensors"))
    }

    @Test func replayedRunEndsInTheSameBytesAsTheRecordedOne() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher("llama-untied-sp", in: folder)
            let recorded = try PladProcess.run(try arguments(teacher.remote, in: folder, out: "a"))
            teacher.stop()
            #expect(recorded.status == 0, "\(recorded.errors)")
            #expect(recorded.output.contains("ROUGE-L"))

            // The teacher is gone: only the cache can answer.
            let replayed = try PladProcess.run(try arguments(teacher.remote, in: folder, out: "b", "--replay"))
            #expect(replayed.status == 0, "\(replayed.errors)")
            #expect(try weights(folder, "a") == weights(folder, "b"))
            for file in ["teacher.jsonl", "samples.jsonl", "pairs.jsonl", "log.jsonl", "evaluation.json"] {
                let (a, b) = try (
                    Data(contentsOf: folder.appendingPathComponent("a/\(file)")),
                    Data(contentsOf: folder.appendingPathComponent("b/\(file)"))
                )
                #expect(a == b, "\(file)")
            }
            let report = try String(contentsOf: folder.appendingPathComponent("a/report.html"), encoding: .utf8)
            #expect(report.contains("</html>"))
        }
    }

    @Test func killedRunGoesOnToTheSameBytesAndAsksNothingTwice() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher("llama-untied-sp", in: folder)
            defer { teacher.stop() }
            let whole = try PladProcess.run(try arguments(teacher.remote, in: folder, out: "whole"))
            #expect(whole.status == 0, "\(whole.errors)")

            let log = folder.appendingPathComponent("killed.log")
            try Data().write(to: log)
            var kills = 0
            for milliseconds in stride(from: 20, through: 3000, by: 60) {
                let process = try PladProcess.start(
                    try arguments(teacher.remote, in: folder, out: "killed", "--checkpoint-seconds", "0"), stdout: log, stderr: log)
                usleep(UInt32(milliseconds * 1000))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                if process.terminationReason == .exit { break }
                kills += 1
            }
            #expect(kills > 2)
            let last = try PladProcess.run(try arguments(teacher.remote, in: folder, out: "killed", "--replay"))
            #expect(last.status == 0, "\(last.errors)")
            #expect(try weights(folder, "whole") == weights(folder, "killed"))
        }
    }

    @Test func otherSettingsOnTheSameRunAreRefusedByName() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher("llama-untied-sp", in: folder)
            defer { teacher.stop() }
            // Without answers yet, other settings begin the run anew.
            let dead = "http://127.0.0.1:9"
            _ = try PladProcess.run(try arguments(dead, in: folder, out: "a", "--attempts", "1"))
            let first = try PladProcess.run(try arguments(teacher.remote, in: folder, out: "a", "--epochs", "0.1"))
            #expect(first.status == 0, "\(first.errors)")
            let second = try PladProcess.run(try arguments(teacher.remote, in: folder, out: "a", "--epochs", "0.1", "--margin", "2"))
            #expect(second.status == 64)
            #expect(second.errors.contains("--margin 1, now it is 2"), "\(second.errors)")
        }
    }

    @Test func teacherThatCannotBeReachedIsOneClearLine() throws {
        try PladProcess.withFolder { folder in
            let result = try PladProcess.run(try arguments("http://127.0.0.1:9/v1", in: folder, out: "a", "--attempts", "1"))
            #expect(result.status == 69)
            #expect(result.errors.contains("http://127.0.0.1:9/v1"), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
    }

    @Test func missInReplayIsAnErrorThatSaysWhatIsMissing() throws {
        try PladProcess.withFolder { folder in
            let result = try PladProcess.run(try arguments("http://127.0.0.1:9/v1", in: folder, out: "a", "--replay"))
            #expect(result.status == 65, "\(result.errors)")
            #expect(result.errors.contains("cache.sqlite"), "\(result.errors)")
        }
    }

    @Test func pairsAreFilledUpWithFurtherPromptsTheSameWayTwice() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher("llama-untied-sp", in: folder)
            defer { teacher.stop() }
            // The rule drops some pairs, so the first answers are too few.
            let wish = ["--pairs", "8", "--max-length-ratio", "1.2"]
            let first = try PladProcess.run(try arguments(teacher.remote, in: folder, out: "a") + wish)
            #expect(first.status == 0, "\(first.errors)")
            func records<Record: Decodable>(_ type: Record.Type, _ file: String) throws -> [Record] {
                try JSONLines.read(type, from: folder.appendingPathComponent(file))
            }
            let answers = try records(TeacherCompletion.self, "a/teacher.jsonl").count { $0.split == .train }
            let pairs = try records(PreferencePair.self, "a/pairs.jsonl").count { $0.round == 1 }
            #expect(answers > 8 && answers <= 18)
            // What makes no pair is not sampled.
            let sampled = try records(StudentSample.self, "a/samples.jsonl").filter { $0.round == 1 }.map(\.id)
            #expect(sampled == (try records(TeacherCompletion.self, "a/teacher.jsonl").filter { $0.split == .train }.map(\.id)))
            #expect(pairs >= 8 || answers == 18)
            let second = try PladProcess.run(try arguments(teacher.remote, in: folder, out: "b", "--replay", "--concurrency", "1") + wish)
            #expect(second.status == 0, "\(second.errors)")
            #expect(try weights(folder, "a") == weights(folder, "b"))
            for file in ["teacher.jsonl", "pairs.jsonl", "drops.jsonl"] {
                #expect(
                    try Data(contentsOf: folder.appendingPathComponent("a/\(file)"))
                        == Data(contentsOf: folder.appendingPathComponent("b/\(file)")), "\(file)")
            }
        }
    }
}
