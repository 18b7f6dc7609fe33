import Foundation
import Testing

/// `plad train` on a file of pairs, through the binary.
@Suite struct TrainTests {
    private let student = PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path

    private func pairs(_ count: Int = 8) -> String {
        (0..<count).map { number in
            """
            {"id":"p","prompt_ids":[5,6,\(number + 7)],"chosen_ids":[\(number + 9),8],"rejected_ids":[\(number + 20),9,10],\
            "chosen_quality":1,"rejected_quality":\(Double(number) / 10)}
            """
        }.joined(separator: "\n")
    }

    @Test(arguments: [
        "rank", "margin", "logistic", "hinge-norm", "dpo", "ipo", "simpo", "cpo", "orpo", "list", "expected-reward", "rrhf", "sft",
    ]) func everyLossTrains(loss: String) throws {
        try PladProcess.withFolder { folder in
            let out = folder.appendingPathComponent("out")
            let result = try PladProcess.run(
                ["train", "--student", student, "--loss", loss, "--learning-rate", "1e-3", "--threads", "1", "--out", out.path],
                input: pairs())
            #expect(result.status == 0, "\(result.errors)")
            #expect(FileManager.default.fileExists(atPath: out.appendingPathComponent("model.safetensors").path))
            let references = FileManager.default.fileExists(atPath: out.appendingPathComponent("references.jsonl").path)
            #expect(references == ["hinge-norm", "dpo", "ipo"].contains(loss))
            let hidden = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(".") }
            #expect(hidden == [])
        }
    }

    @Test(arguments: [
        (["--loss", "dpo", "--margin", "2"], "plad: --margin 2.0: the loss dpo has no margin; it takes --beta, --lambda\n"),
        (["--loss", "simpo", "--norm", "sum"], "plad: --norm sum: the loss simpo is defined by the mean; leave the setting out\n"),
        (
            ["--guard", "maybe"],
            "plad: the value 'maybe' is invalid for '--guard <guard>'. Please provide one of 'stop', 'rollback' or 'off'; see plad train --help\n"
        ),
        (["--beta", "0", "--loss", "dpo"], "plad: --beta 0.0: give a number above 0\n"),
    ]) func flagThatTheLossDoesNotUseIsRefusedByName(flags: [String], message: String) throws {
        let result = try PladProcess.run(["train", "--student", student, "--out", "/nonexistent/x/y"] + flags, input: pairs())
        #expect(result.status == 64)
        #expect(result.errors.hasSuffix(message), "\(result.errors)")
    }

    /// Both forms of DPKD, with and without plain text; their teacher is the student, so that the first step knows its loss.
    @Test(arguments: ["dpkd", "dpkd-tokens"]) func aLocalTeachersProbabilitiesAreLearnt(loss: String) throws {
        try PladProcess.withFolder { folder in
            let texts = folder.appendingPathComponent("texts")
            try Data("The house is old.\nPeople made it new again.\n".utf8).write(to: texts)
            for (name, more) in [("plain", ["--texts", texts.path, "--text-lambda", "0.3"]), ("alone", [])] {
                let out = folder.appendingPathComponent(name)
                let result = try PladProcess.run(
                    [
                        "train", "--student", student, "--teacher", student, "--loss", loss, "--steps", "1", "--threads", "1", "--out",
                        out.path, "--batch-size", "8", "--json",
                    ] + more, input: pairs())
                #expect(result.status == 0, "\(result.errors)")
                let fields = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
                let (text, value) = (fields["text_loss"] as? Double, try #require(fields["loss"] as? Double))
                #expect((text != nil) == (name == "plain"))
                let own = value - 0.3 * (text ?? 0)
                let expected = loss == "dpkd" ? log(2) : try #require(fields["lm_loss"] as? Double) * 0.5 + 0.5 * log(2)
                #expect(abs(own - expected) < 1e-5, "\(result.output)")
                #expect(FileManager.default.fileExists(atPath: out.appendingPathComponent("model.safetensors").path))
            }
        }
    }

    @Test(arguments: [
        (["--loss", "dpkd"], "plad: --teacher is missing: give the folder of the model that dpkd reads the probabilities of\n"),
        (
            ["--loss", "rank", "--texts", "x"],
            "plad: --texts does not go with --loss rank: it reads no teacher's probabilities; leave it out\n"
        ),
        (
            ["--loss", "dpkd", "--teacher", "x", "--kd-ratio", "1"],
            "plad: --kd-ratio does not go with --loss dpkd: it has no share; leave it out\n"
        ),
        (
            ["--loss", "dpkd-tokens", "--teacher", "x", "--margin", "1"],
            "plad: --margin does not go with --loss dpkd-tokens: it takes --beta and --kd-ratio; leave it out\n"
        ),
        (
            ["--loss", "dpkd", "--teacher", "x", "--text-lambda", "1"],
            "plad: --text-lambda does not go with --loss dpkd without --texts: there is no plain text; leave it out\n"
        ),
    ]) func flagsOfATeacherThatDoNotFitAreRefused(flags: [String], message: String) throws {
        let result = try PladProcess.run(["train", "--student", student, "--out", "/nonexistent/x/y"] + flags, input: pairs())
        #expect(result.status == 64 && result.errors.hasSuffix(message), "\(result.errors)")
    }

    /// An encoder-decoder's pairs have prompts, which plain text has not.
    @Test func anEncodersPairsAreLearntFromATeacherButNoPlainText() throws {
        try PladProcess.withFolder { folder in
            let (model, texts) = (PladProcess.fixtures.appendingPathComponent("t5-relu").path, folder.appendingPathComponent("texts"))
            try Data("The house is old.\n".utf8).write(to: texts)
            let flags = [
                "train", "--student", model, "--teacher", model, "--loss", "dpkd", "--steps", "1", "--threads", "1", "--out",
                folder.path + "/out",
            ]
            let refused = try PladProcess.run(flags + ["--texts", texts.path], input: pairs())
            #expect(refused.status == 64 && refused.errors.contains("--texts: the student has an encoder"), "\(refused.errors)")
            let trained = try PladProcess.run(flags, input: pairs())
            #expect(trained.status == 0, "\(trained.errors)")
        }
    }

    @Test func aRunHasNoTeacherWhoseProbabilitiesCanBeRead() throws {
        let result = try PladProcess.run(
            "distill", "--student", student, "--prompts", "x", "--remote", "http://127.0.0.1:9", "--teacher-model", "m", "--out",
            "/nonexistent/x",
            "--loss", "dpkd")
        #expect(
            result.status == 64 && result.errors.contains("--loss dpkd: reads the log-probabilities of a local teacher"), "\(result.errors)"
        )
    }

    /// An adapter's base stays in its file.
    @Test func aModelCutOffMeanwhileEndsTheTrainingWithAWord() throws {
        try PladProcess.withFolder { folder in
            let (model, pairs, log) = (
                folder.appendingPathComponent("model"), folder.appendingPathComponent("pairs"), folder.appendingPathComponent("log")
            )
            try FileManager.default.copyItem(at: URL(fileURLWithPath: student), to: model)
            try Data(self.pairs().utf8).write(to: pairs)
            try Data().write(to: log)
            let training = try PladProcess.start(
                [
                    "train", "--student", model.path, "--pairs", pairs.path, "--lora-rank", "2", "--steps", "1000000", "--learning-rate",
                    "1e-9", "--guard", "off", "--out", folder.path + "/out",
                ], stdout: log, stderr: log)
            defer { training.terminate() }
            func words() throws -> String { try String(contentsOf: log, encoding: .utf8) }
            let deadline = Date().addingTimeInterval(60)
            while try !words().contains("steps"), training.isRunning, Date() < deadline { usleep(10_000) }
            try FileHandle(forWritingTo: model.appendingPathComponent("model.safetensors")).truncate(atOffset: 0)
            while training.isRunning, Date() < deadline { usleep(10_000) }
            let said = try words()
            #expect(!training.isRunning && training.terminationStatus == 65, "\(said)")
            // Where the cut falls between two looks at the weights, their file is found changed.
            let ways = ["was cut off, or its disk failed; put the whole file in its place", "was changed while plad was reading it"]
            #expect(ways.contains { said.contains($0) }, "\(said)")
        }
    }

    @Test func collapseIsSaidAndRolledBackOrEndsTheTraining() throws {
        try PladProcess.withFolder { folder in
            func train(_ out: String, _ more: String...) throws -> PladProcess.Result {
                try PladProcess.run(
                    [
                        "train", "--student", student, "--lambda", "0", "--margin", "1000", "--learning-rate", "0.05", "--steps", "30",
                        "--threads", "1", "--out", folder.appendingPathComponent(out).path,
                    ] + more, input: pairs())
            }
            let rolled = try train("rolled")
            #expect(rolled.status == 0, "\(rolled.errors)")
            #expect(rolled.errors.contains("back to the weights after step"), "\(rolled.errors)")
            let log = try String(contentsOf: folder.appendingPathComponent("rolled/log.jsonl"), encoding: .utf8)
            #expect(log.split(separator: "\n").last?.contains("\"collapse\":\"rank, step") == true)

            let stopped = try train("stopped", "--guard", "stop")
            #expect(stopped.status == 65)
            #expect(stopped.errors.contains("raise --lambda or lower --learning-rate (now 0.05)"), "\(stopped.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("stopped/model.safetensors").path))

            let unguarded = try train("unguarded", "--guard", "off")
            #expect(unguarded.status == 0, "\(unguarded.errors)")
        }
    }

    @Test func pairsWithoutQualityAreRefusedByALossThatReadsIt() throws {
        try PladProcess.withFolder { folder in
            let result = try PladProcess.run(
                ["train", "--student", student, "--loss", "margin", "--out", folder.appendingPathComponent("out").path],
                input: #"{"prompt_ids":[5],"chosen_ids":[6],"rejected_ids":[7]}"#)
            #expect(result.status == 65)
            #expect(result.errors.contains("line-1") && result.errors.contains("chosen_quality"), "\(result.errors)")
        }
    }
}
