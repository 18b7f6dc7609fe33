import Foundation
import Testing

@Suite struct CommandLineTests {
    private let student = PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path

    @Test func helpIsWhatTheDocumentationShows() throws {
        let help = try PladProcess.run("--help", environment: ["COLUMNS": "120"])
        #expect(help.status == 0)
        let page = PladProcess.fixtures.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/cli.md")
        let documented = try String(contentsOf: page, encoding: .utf8)
        let shown = help.output.split(separator: "\n", omittingEmptySubsequences: false).map { $0.replacing(/\s+$/, with: "") }.joined(
            separator: "\n")
        #expect(documented.contains(shown.trimmingCharacters(in: .newlines)))
    }

    @Test func wrongFlagIsAUsageErrorThatNamesIt() throws {
        let result = try PladProcess.run("distill", "--margn", "2")
        #expect(result.status == 64)
        #expect(result.errors.contains("margn"))
    }

    @Test func missingSettingIsNamedWithWhatToGive() throws {
        let result = try PladProcess.run("distill", "--student", student, "--prompts", "x")
        #expect(result.status == 64)
        #expect(result.errors == "plad: --out is missing: give the folder of the run\n")
    }

    @Test func aModelCutOffWhileItServesEndsTheServerWithAWord() throws {
        try PladProcess.withFolder { folder in
            let model = folder.appendingPathComponent("model")
            try FileManager.default.copyItem(at: URL(fileURLWithPath: student), to: model)
            let server = try LocalTeacher(model: model, in: folder)
            let weights = try FileHandle(forWritingTo: model.appendingPathComponent("model.safetensors"))
            try weights.truncate(atOffset: 0)
            let (prompts, log) = (folder.appendingPathComponent("prompts.txt"), folder.appendingPathComponent("log"))
            try Data("Hello\n".utf8).write(to: prompts)
            try Data().write(to: log)
            let asking = try PladProcess.start(
                [
                    "teach", "--remote", server.remote, "--teacher-model", "model", "--student", student, "--prompts", prompts.path,
                    "--out", folder.path + "/run",
                ],
                stdout: log, stderr: log)
            defer { asking.terminate() }
            let deadline = Date().addingTimeInterval(60)
            while server.process.isRunning, Date() < deadline { usleep(10_000) }
            #expect(!server.process.isRunning && server.process.terminationStatus == 65)
            let words = try ["serve.log", "log"].map { try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }.joined()
            #expect(words.contains("was cut off, or its disk failed; put the whole file in its place"), "\(words)")
        }
    }

    @Test func badLineOfAPromptsFileIsNamedByNumber() throws {
        try PladProcess.withFolder { folder in
            let file = folder.appendingPathComponent("prompts.jsonl")
            let lines = (1...20).map { $0 == 17 ? "{\"id\": \"p17\", \"promt\": 1}" : "{\"id\":\"p\($0)\",\"prompt\":\"a\"}" }
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            let result = try PladProcess.run(
                "distill", "--remote", "http://127.0.0.1:9", "--student", student, "--prompts", file.path, "--out", folder.path + "/run")
            #expect(result.status == 65)
            #expect(result.errors.contains("prompts.jsonl:17: "), "\(result.errors)")
        }
    }

    @Test func absentStudentSaysHowToGetOne() throws {
        let result = try PladProcess.run("score", "--student", "nobody/nothing", environment: ["HF_HUB_CACHE": "/nonexistent"])
        #expect(result.status == 65)
        #expect(result.errors.contains("plad pull nobody/nothing"))
    }

    @Test func scoreUsesIdsExactlyAsGiven() throws {
        let result = try PladProcess.run("score", "--student", student, input: #"{"prompt_ids":[5,6,7],"completion_ids":[8,9]}"#)
        #expect(result.status == 0, "\(result.errors)")
        let line = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(line["completion_ids"] as? [Int] == [8, 9])
        #expect((line["logProbabilities"] as? [Double])?.count == 2)
    }

    @Test func tokenizeAndDecodeAreInverse() throws {
        let ids = try PladProcess.run("tokenize", "--student", student, input: #"{"text":"the old house"}"#)
        let back = try PladProcess.run("tokenize", "--student", student, "--decode", input: ids.output)
        #expect(back.output.contains("\"text\":\"the old house\""), "\(back.output) \(back.errors)")
    }

    @Test func printedConfigIsReadBackAndFlagsWin() throws {
        try PladProcess.withFolder { folder in
            let file = folder.appendingPathComponent("plad.yaml")
            let first = try PladProcess.run("distill", "--margin", "2.5", "--warm-up-epochs", "4", "--print-config")
            try Data(first.output.utf8).write(to: file)
            let second = try PladProcess.run("distill", "--config", file.path, "--margin", "3", "--print-config")
            #expect(second.output == first.output.replacing("margin: 2.5", with: "margin: 3"), "\(second.output)")
            #expect(second.output.contains("warm-up-epochs: 4"))
        }
    }

    @Test func unknownKeyInAConfigFileIsRefused() throws {
        try PladProcess.withFolder { folder in
            let file = folder.appendingPathComponent("plad.yaml")
            try Data("margn: 2\n".utf8).write(to: file)
            let result = try PladProcess.run("distill", "--config", file.path)
            #expect(result.status == 64)
            #expect(result.errors.contains("margn"))
        }
    }
}
