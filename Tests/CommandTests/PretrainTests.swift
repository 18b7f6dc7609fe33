import Foundation
import Testing

/// `plad logits` and `plad pretrain`, through the binary.
@Suite struct PretrainTests {
    private let student = PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path
    private let texts = (0..<12).map { "The house number \($0) is old, and \($0 * 7) people made it new." }.joined(separator: "\n")

    private func withTexts(_ body: (URL, String) throws -> Void) throws {
        try PladProcess.withFolder { folder in
            let file = folder.appendingPathComponent("texts.txt")
            try Data(texts.utf8).write(to: file)
            try body(folder, file.path)
        }
    }

    private func logits(_ file: String, _ out: URL, _ more: String...) throws -> PladProcess.Result {
        try PladProcess.run(
            ["logits", "--teacher", student, "--texts", file, "--threads", "1", "--json", "--out", out.path] + more)
    }

    private func pretrain(_ file: String, _ out: URL, _ more: [String]) throws -> PladProcess.Result {
        try PladProcess.run(
            ["pretrain", "--student", student, "--texts", file, "--threads", "1", "--batch-size", "4", "--out", out.path] + more)
    }

    @Test func aStudentIsTrainedFromTheFileAsFromTheTeacherItself() throws {
        try withTexts { folder, file in
            let stored = folder.appendingPathComponent("some.logits")
            let made = try logits(file, stored)
            #expect(made.status == 0, "\(made.errors)")
            #expect(made.output.contains("\"texts\":12") && made.output.contains("\"bytes_per_token\":"), "\(made.output)")
            let again = try logits(file, stored)
            #expect(again.output.contains("\"reused\":12"), "\(again.output)")
            let common = ["--alpha", "wsd:0.9", "--tau", "2", "--valid", file]
            let trained = try ["--logits", "--teacher"].map { flag in
                let out = folder.appendingPathComponent("out" + flag)
                let result = try pretrain(file, out, common + [flag, flag == "--logits" ? stored.path : student, "--json"])
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.output.contains("\"held_out_loss\":") && result.output.contains("\"kd_loss\":"), "\(result.output)")
                return try Data(contentsOf: out.appendingPathComponent("model.safetensors"))
            }
            #expect(trained[0] == trained[1])
            let log = try String(contentsOf: folder.appendingPathComponent("out--logits/log.jsonl"), encoding: .utf8)
            #expect(log.split(separator: "\n").count == 3, "\(log)")
            let hidden = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(".") }
            #expect(hidden == [])
        }
    }

    @Test func everyLossTrains() throws {
        try withTexts { folder, file in
            for loss in ["kld", "reverse-kld", "jsd", "skewed-kld", "skewed-reverse-kld", "tvd", "nll", "mse"] {
                let result = try pretrain(
                    file, folder.appendingPathComponent(loss), ["--teacher", student, "--kd", loss, "--steps", "1", "--top-k", "5"])
                #expect(result.status == 0, "\(loss): \(result.errors)")
            }
            let alone = try pretrain(file, folder.appendingPathComponent("alone"), ["--steps", "1", "--json"])
            #expect(alone.status == 0 && !alone.output.contains("kd_loss"), "\(alone.errors)\(alone.output)")
        }
    }

    @Test func aRunsTextsAreItsPromptsWithTheTeachersCompletions() throws {
        try PladProcess.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            try FileManager.default.copyItem(
                at: PladProcess.fixtures.deletingLastPathComponent().appendingPathComponent("old-run/finished"), to: run)
            let teacher = PladProcess.fixtures.deletingLastPathComponent().appendingPathComponent("old-run/student").path
            let result = try PladProcess.run(
                "logits", "--teacher", teacher, "--texts", run.path, "--json", "--out", folder.appendingPathComponent("l").path)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("\"texts\":"), "\(result.output)")
        }
    }

    @Test func whatIsWrongIsSaidInTheUsersWords() throws {
        try withTexts { folder, file in
            let stored = folder.appendingPathComponent("some.logits")
            #expect(try logits(file, stored).status == 0)
            let out = folder.appendingPathComponent("out")
            func expect(_ result: PladProcess.Result, _ status: Int32, _ words: String, line: Int = #line) {
                #expect(result.status == status && result.errors.contains(words), "line \(line): \(result.status) \(result.errors)")
            }
            expect(try logits(file, stored, "--top-k", "7"), 65, "keeps top-p 0.95 and top-k 50; give another --out, or remove it")
            expect(try logits(file, folder.appendingPathComponent("x"), "--top-p", "0"), 64, "--top-p 0.0: give a share above 0")
            expect(
                try pretrain(file, out, ["--logits", stored.path, "--teacher", student]), 64, "--teacher does not go with --logits")
            expect(try pretrain(file, out, ["--tau", "2"]), 64, "--tau does not go with plain text alone")
            expect(try pretrain(file, out, ["--alpha", "0.5"]), 64, "--alpha 0.5: there is no teacher")
            expect(try pretrain(file, out, ["--logits", stored.path, "--alpha", "up:1"]), 64, "--alpha up:1: give a number")
            expect(try pretrain(file, out, ["--logits", stored.path, "--top-k", "60"]), 65, "less than --top-p 0.95 and --top-k 60")
            expect(try pretrain(file, out, ["--logits", file]), 65, "is no file of a teacher's logits; make one with plad logits")
            let other = folder.appendingPathComponent("other.txt")
            try Data("Nobody knows this text.\n".utf8).write(to: other)
            expect(try pretrain(other.path, out, ["--logits", stored.path]), 65, "has no logits for line-1,")
            let long = folder.appendingPathComponent("long.txt")
            try Data(String(repeating: "The house is old. ", count: 200).utf8).write(to: long)
            expect(try logits(long.path, folder.appendingPathComponent("y")), 65, "or give --window, which cuts longer texts")
            expect(try logits(long.path, folder.appendingPathComponent("y"), "--window", "100"), 0, "bytes each")
            let bytes = try Data(contentsOf: stored)
            try bytes.dropLast(5000).write(to: stored)
            expect(try pretrain(file, out, ["--logits", stored.path]), 65, "write it again (plad logits)")
            let foreign = PladProcess.fixtures.appendingPathComponent("gpt2").path
            expect(try pretrain(file, out, ["--teacher", foreign]), 65, "the student's vocabulary is not that of the teacher: its token")
            let encoder = PladProcess.fixtures.appendingPathComponent("t5-relu").path
            expect(try pretrain(file, out, ["--teacher", encoder]), 65, "take a teacher that is a decoder")
            #expect(!FileManager.default.fileExists(atPath: out.path))
        }
    }

    /// A file whose writing was killed between its blocks, and then went on, is the same to the byte.
    @Test func aKilledFileOfLogitsGoesOnToTheSameBytes() throws {
        try PladProcess.withFolder { folder in
            let file = folder.appendingPathComponent("texts.txt")
            let words = ["house", "people", "water", "earth", "light", "picture", "mother", "world"]
            let lines = (0..<4000).map { "The \(words[$0 % 8]) is old and \($0) of them made it new again." }
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            let (whole, cut) = (folder.appendingPathComponent("whole"), folder.appendingPathComponent("cut"))
            #expect(try logits(file.path, whole, "--top-k", "5").status == 0)
            let log = folder.appendingPathComponent("log")
            try Data().write(to: log)
            let growing = folder.appendingPathComponent(".cut.growing")
            let process = try PladProcess.start(
                [
                    "logits", "--teacher", student, "--texts", file.path, "--threads", "1", "--json", "--top-k", "5", "--out", cut.path,
                ], stdout: log, stderr: log)
            let deadline = Date().addingTimeInterval(60)
            func grown() -> Int { (try? FileManager.default.attributesOfItem(atPath: growing.path)[.size] as? Int) ?? 0 }
            // The header and the vocabulary take less; so a block is being written, and others are to come.
            while grown() < 100_000, process.isRunning, Date() < deadline { usleep(1000) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal && !FileManager.default.fileExists(atPath: cut.path))
            func goesOn(reusing expected: Range<Int>) throws {
                let resumed = try logits(file.path, cut, "--top-k", "5")
                let reused = try #require(resumed.output.firstMatch(of: /"reused":(\d+)/)).1
                #expect(resumed.status == 0 && expected.contains(Int(reused) ?? -1), "\(resumed.output)\(resumed.errors)")
                #expect(try Data(contentsOf: cut) == Data(contentsOf: whole))
                #expect(!FileManager.default.fileExists(atPath: growing.path))
            }
            // Whether the first block was whole when the kill came, the machine decides.
            try goesOn(reusing: 0..<4000)
            // Within a later block it was.
            let bytes = try Data(contentsOf: whole)
            try FileManager.default.removeItem(at: cut)
            try bytes.prefix(bytes.count * 4 / 5).write(to: growing)
            try goesOn(reusing: 1..<4000)
        }
    }

    /// A training that is stopped and one that goes on end in the same bytes.
    @Test func anInterruptedTrainingGoesOnToTheSameBytes() throws {
        try withTexts { folder, file in
            let steps = ["--teacher", student, "--steps", "200"]
            let flags = steps + ["--checkpoint-seconds", "0"]
            #expect(try pretrain(file, folder.appendingPathComponent("whole"), steps).status == 0)
            let log = folder.appendingPathComponent("log")
            try Data().write(to: log)
            let out = folder.appendingPathComponent("out")
            let state = folder.appendingPathComponent(".out.state")
            let process = try PladProcess.start(
                ["pretrain", "--student", student, "--texts", file, "--threads", "1", "--batch-size", "4", "--out", out.path] + flags,
                stdout: log, stderr: log)
            let deadline = Date().addingTimeInterval(60)
            while !FileManager.default.fileExists(atPath: state.path), process.isRunning, Date() < deadline { usleep(2000) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal)
            let resumed = try pretrain(file, out, flags)
            #expect(resumed.status == 0 && resumed.errors.contains("going on from step"), "\(resumed.errors)")
            let models = try ["whole", "out"].map { try Data(contentsOf: folder.appendingPathComponent($0 + "/model.safetensors")) }
            #expect(models[0] == models[1])
        }
    }
}
