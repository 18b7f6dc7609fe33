import Foundation
import Testing

@Suite(.serialized) struct CommandLineTests {
    private static let student = PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path

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

    @Test(arguments: [
        ("distill --bogus", nil), ("distill --run x", nil), ("train --rounds 3", nil), ("distill --x 1", nil),
        ("cache ls --teacher x", nil),
        ("distill --los rank", "--loss"), ("distill --sede 1", "--seed"), ("distill --sampels 3", "--samples"),
        ("distill --bta 1", "--beta"),
        ("distill --learing-rat 1", "--learning-rate"), ("distill --lernign-rate 1", "--learning-rate"), ("cache ls --jso", "--json"),
        ("train --chekpoint-secnods 1", "--checkpoint-seconds"), ("serve --model x --slost 1", "--slots"), ("serve --modle x", "--model"),
        ("pair --rnu x", "--run"), ("pair --bogus x", nil),
        ("distill --verison", "--version"),
        ("distill --checkpont-secondz 1", "--checkpoint-seconds"), ("distill --warmup-learning-rat 1", "--warm-up-learning-rate"),
        ("evaluate --rn x", "--run"), ("distill --checkpoint-minutes 1", "--checkpoint-seconds"),
    ]) func aMistypedFlagIsAnsweredWithANearOneOfItsCommandOnly(line: String, near: String?) throws {
        let words = line.split(separator: " ").map(String.init)
        let flag = try #require(words.last { $0.hasPrefix("--") })
        let command = words.prefix { !$0.hasPrefix("--") }.joined(separator: " ")
        let result = try PladProcess.run(words)
        #expect(result.status == 64)
        let meant = near.map { ". Did you mean '\($0)'? See" } ?? "; see"
        #expect(result.errors == "plad: unknown option '\(flag)'\(meant) plad \(command) --help\n")
    }

    /// Flags that take one of a few names, with the names as their types have them.
    private static let choices = [
        "--stream": ["auto", "always", "never"], "--dtype": ["f32", "bf16", "f16"], "--schedule": ["constant", "cosine", "linear", "wsd"],
        "--warm-up-schedule": ["constant", "cosine", "linear", "wsd"], "--negatives": ["all", "random", "most-likely", "least-similar"],
        "--negatives-from": ["warm-up", "initial"], "--prefer": ["metric"], "--norm": ["sum", "mean"],
        "--guard": ["stop", "rollback", "off"],
    ]

    @Test func helpCompletionsAndErrorsListTheNamesThatAFlagTakes() throws {
        // A block a flag: its text stands in the lines below where its name is long.
        let help = try PladProcess.run("distill", "--help", environment: ["COLUMNS": "10000"]).output.split(separator: "\n  --")
        let completions = try PladProcess.run("--generate-completion-script", "zsh").output
        func completes(_ flag: String, _ names: [String]) -> Bool {
            completions.contains("___\(flag.dropFirst(2).replacing("-", with: "_"))=(\(names.map { "'\($0)'" }.joined(separator: " ")))")
        }
        for (flag, names) in Self.choices {
            let told = try #require(help.first { $0.hasPrefix("\(flag.dropFirst(2)) ") })
            #expect(told.contains("(values: \(names.joined(separator: ", "))"), "\(told)")
            #expect(completes(flag, names), "\(flag)")
            let wrong = try PladProcess.run("distill", flag, "nothing")
            #expect(wrong.status == 64 && wrong.errors.contains("the value 'nothing' is invalid for '\(flag) <"), "\(wrong.errors)")
            for name in names {
                #expect(names.count == 1 || wrong.errors.contains("'\(name)'"), "\(flag) \(name): \(wrong.errors)")
                let right = try PladProcess.run("distill", flag, name, "--print-config")
                #expect(right.status == 0 && right.output.contains("\(flag.dropFirst(2)): \"\(name)\""), "\(flag) \(name): \(right)")
            }
        }
        let unknown = try PladProcess.run("distill", "--loss", "nothing", "--print-config").errors
        let losses = try #require(unknown.wholeMatch(of: /plad: there is no loss "nothing"; choose one of: (.*)\n/)).1.split(
            separator: ", ")
        #expect(losses.count >= 13)
        #expect(completes("--loss", losses.map(String.init)))
        let dialects = ["openai-chat", "openai-responses", "openai-completions", "anthropic", "gemini", "ollama"]
        #expect(completes("--dialect", dialects) && completes("--judge-dialect", dialects))
    }

    @Test func theHelpOfALossesNumberNamesTheLossesThatTakeIt() throws {
        let help = try PladProcess.run("train", "--help", environment: ["COLUMNS": "10000"]).output
        for text in [
            "rank, margin, logistic, hinge-norm, dpo, ipo, simpo, cpo, orpo or dpkd of pairs; list, expected-reward or rrhf of all samples of a prompt; sft is likelihood alone.",
            "(PLaD's beta): rank and list 1.",
            "the ranking: rank, margin and list 1; logistic, hinge-norm, dpo, ipo and simpo 0; expected-reward 0.1 (docs",
            "Inverse temperature: logistic, dpo, ipo, cpo and dpkd 0.1; simpo 2.", "hinge-norm 0.05; simpo 1.", "cpo 1; orpo 0.1.",
            "margin 3.",
            "ipo, simpo, orpo, dpkd and rrhf are defined by the mean.",
        ] { #expect(help.contains(text), "\(text)") }
    }

    @Test func missingSettingIsNamedWithWhatToGive() throws {
        let result = try PladProcess.run("distill", "--student", Self.student, "--prompts", "x")
        #expect(result.status == 64)
        #expect(
            result.errors == """
                plad: --out is missing: give the folder of the run; missing as well: --remote, --teacher-model

                """)
        // Asking needs no student.
        let teach = try PladProcess.run("teach", "--prompts", "x", "--remote", "http://127.0.0.1:9", "--out", "x")
        #expect(teach.errors == "plad: --teacher-model is missing: give the name of the model to ask for\n")
    }

    @Test func aServerOutlivesWhatIsDoneToItsModel() throws {
        try PladProcess.withFolder { folder in
            let model = folder.appendingPathComponent("model")
            try FileManager.default.copyItem(at: URL(fileURLWithPath: Self.student), to: model)
            let server = try LocalTeacher(model: model, in: folder)
            defer { server.stop() }
            try FileHandle(forWritingTo: model.appendingPathComponent("model.safetensors")).truncate(atOffset: 0)
            let prompts = folder.appendingPathComponent("prompts.txt")
            try Data("Hello\n".utf8).write(to: prompts)
            let result = try PladProcess.run(
                "teach", "--remote", server.remote, "--teacher-model", "model", "--student", Self.student, "--prompts", prompts.path,
                "--max-tokens", "4", "--out", folder.path + "/run")
            #expect(server.process.isRunning && result.errors.contains("1 truncated"), "\(result.errors)")
        }
    }

    @Test(arguments: [
        ("--limit", "-1", "--limit -1: give at least 1"), ("--max-tokens", "9223372036854775807", "--max-tokens"),
        ("--top-k", "-3", "--top-k -3"),
    ])
    func absurdNumbersAreRefused(flag: String, value: String, says: String) throws {
        try PladProcess.withFolder { folder in
            let file = folder.appendingPathComponent("prompts.txt")
            try Data("say it\nsay that\n".utf8).write(to: file)
            for more in [[], ["--dry-run"]] {
                let result = try PladProcess.run(
                    [
                        "distill", "--remote", "http://127.0.0.1:9", "--teacher-model", "m", "--student", Self.student, "--prompts",
                        file.path,
                        "--out", folder.path + "/run", "\(flag)=\(value)",
                    ] + more)
                #expect(result.status == 64 && result.errors.contains(says), "\(result.errors)")
            }
        }
    }

    @Test func badLineOfAPromptsFileIsNamedByNumber() throws {
        try PladProcess.withFolder { folder in
            let file = folder.appendingPathComponent("prompts.jsonl")
            let lines = (1...20).map { $0 == 17 ? "{\"id\": \"p17\", \"promt\": 1}" : "{\"id\":\"p\($0)\",\"prompt\":\"a\"}" }
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            let result = try PladProcess.run(
                "distill", "--remote", "http://127.0.0.1:9", "--teacher-model", "m", "--student", Self.student, "--prompts", file.path,
                "--out",
                folder.path + "/run")
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
        let result = try PladProcess.run("score", "--student", Self.student, input: #"{"prompt_ids":[5,6,7],"completion_ids":[8,9]}"#)
        #expect(result.status == 0, "\(result.errors)")
        let line = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(line["completion_ids"] as? [Int] == [8, 9])
        #expect((line["log_probabilities"] as? [Double])?.count == 2)
    }

    @Test func tokenizeAndDecodeAreInverse() throws {
        let ids = try PladProcess.run("tokenize", "--student", Self.student, input: #"{"text":"the old house"}"#)
        let back = try PladProcess.run("tokenize", "--student", Self.student, "--decode", input: ids.output)
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

    @Test(arguments: [
        ("margin: 2\nmargn: 3\n", [], 64, "FILE:2: unknown option '--margn'. Did you mean '--margin'? See plad distill --help"),
        ("margin: 2\nrounds: abc\n", [], 64, "FILE:2: the value 'abc' is invalid for '--rounds <rounds>'; see plad distill --help"),
        ("out: x\nrounds: {a: 1}\n", [], 64, "FILE:2: --rounds is not a number, a text, true or false, or a list of these"),
        ("\nmargin: [2\nrounds: 3\n", [], 65, "FILE:3: did not find expected ',' or ']'; write one \"flag: value\" a line"),
        ("margin: 2\nmargin: 3\n", [], 65, "FILE:1: margin occurs twice; write one \"flag: value\" a line"),
        ("rounds: 2\n", ["--rounds", "x"], 64, "the value 'x' is invalid for '--rounds <rounds>'; see plad distill --help"),
        ("rounds: abc\n", ["--rounds", "3"], 64, "FILE:1: the value 'abc' is invalid for '--rounds <rounds>'; see plad distill --help"),
        (
            "# rounds: 2\n", [], 64,
            "--out is missing: give the folder of the run; missing as well: --prompts, --student, --remote, --teacher-model"
        ),
        (
            "rounds: 2\n", [], 64,
            "--out is missing: give the folder of the run; missing as well: --prompts, --student, --remote, --teacher-model"
        ),
    ]) func aWrongSettingIsNamedWhereItStands(yaml: String, more: [String], status: Int32, message: String) throws {
        try PladProcess.withFolder { folder in
            let file = folder.appendingPathComponent("plad.yaml")
            try Data(yaml.utf8).write(to: file)
            let result = try PladProcess.run(["distill", "--config", file.path] + more)
            #expect(result.status == status)
            #expect(result.errors == "plad: " + message.replacing("FILE", with: file.path) + "\n")
        }
    }

    @Test func everyErrorIsOneLineOfOneStyle() throws {
        for (arguments, line) in [
            (["foo"], "unknown command 'foo'; see plad --help"), (["evaluate"], "--run is missing: give the folder of a run"),
            (["pair"], "missing expected argument '--run <run>': The run's folder, made by plad distill or plad teach; see plad pair"),
            (["serve", "--model", "x", "--slots", "0"], "--slots 0: give at least 1; see plad serve --help"),
            (["distill", "--learning-rate", "nan", "--print-config"], "--learning-rate nan: give a number that is finite"),
        ] {
            let result = try PladProcess.run(arguments)
            #expect(result.status == 64 && result.output.isEmpty, "\(arguments)")
            #expect(result.errors.hasPrefix("plad: " + line), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
    }

    @Test func aNegativeNumberIsAValue() throws {
        let result = try PladProcess.run("distill", "--margin", "-1", "--lambda", "-.5", "--print-config")
        #expect(result.status == 0 && result.output.contains("margin: -1\n") && result.output.contains("lambda: -0.5\n"))
        let flag = try PladProcess.run("distill", "--margin", "-x")
        #expect(flag.status == 64 && flag.errors.contains("missing value for '--margin <margin>'"), "\(flag.errors)")
        #expect(try PladProcess.run("distill", "--json", "-1").status == 64)
    }

    /// /dev/full takes nothing; a closed output takes nothing either, and no file takes its place.
    @Test(arguments: ["--help", "--version", "rouge --help", "inspect --student STUDENT"])
    func whatCannotBePrintedIsAnError(arguments: String) throws {
        for (end, reason) in [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")] {
            try PladProcess.withFolder { folder in
                let errors = folder.appendingPathComponent("errors").path
                let shell = Process()
                shell.executableURL = URL(fileURLWithPath: "/bin/sh")
                shell.arguments = [
                    "-c", "'\(PladProcess.binary.path)' \(arguments.replacing("STUDENT", with: "'\(Self.student)'")) 2>\(errors) \(end)",
                ]
                try shell.run()
                shell.waitUntilExit()
                #expect(shell.terminationStatus == 75)
                #expect(
                    try String(contentsOfFile: errors, encoding: .utf8) == "plad: cannot write the results to standard output: \(reason)\n")
            }
        }
    }

    /// As `plad … | head` does, whose reader goes when it has enough.
    @Test func aReaderThatHasReadEnoughEndsItWithoutWords() throws {
        try PladProcess.withFolder { folder in
            let (output, errors) = (Pipe(), folder.appendingPathComponent("errors"))
            try Data().write(to: errors)
            let process = Process()
            process.executableURL = PladProcess.binary
            process.arguments = ["--help"]
            process.standardOutput = output.fileHandleForWriting
            process.standardError = try FileHandle(forWritingTo: errors)
            try output.fileHandleForReading.close()
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGPIPE)
            #expect(try String(contentsOf: errors, encoding: .utf8) == "")
        }
    }

    @Test func anErrorThatNobodyCanReadIsNoCrash() throws {
        for end in ["2>/dev/full", "2>&-"] {
            let shell = Process()
            shell.executableURL = URL(fileURLWithPath: "/bin/sh")
            shell.arguments = ["-c", "'\(PladProcess.binary.path)' evaluate \(end)"]
            try shell.run()
            shell.waitUntilExit()
            #expect(shell.terminationStatus == 64, "\(end)")
        }
    }

    @Test func thePlanOfAStudentFitsItsContext() throws {
        func plan(_ more: String...) throws -> [String: Any] {
            let result = try PladProcess.run(["inspect", "--plan", "--json", "--student", Self.student] + more)
            #expect(result.status == 0, "\(result.errors)")
            return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        }
        let context = 256
        let usual = try plan()
        #expect(usual["prompt"] as? Int == context - 64 && usual["response"] as? Int == 64)
        #expect(try plan("--prompt", "\(context - 6)")["response"] as? Int == 6)
        #expect(try plan("--response", "100")["prompt"] as? Int == context - 100)
        let tooLong = try PladProcess.run("inspect", "--plan", "--student", Self.student, "--prompt", "\(context)")
        #expect(tooLong.status == 64 && tooLong.errors.contains("exceed the student's context of \(context) tokens"))
    }

    @Test func aCacheOfWhichNothingIsLeftIsNotSentRoundInCircles() throws {
        try PladProcess.withFolder { folder in
            let (cache, recovered) = (folder.appendingPathComponent("c.sqlite"), folder.appendingPathComponent("new.sqlite").path)
            let recording = PladProcess.fixtures.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Cache/demo.jsonl").path
            #expect(try PladProcess.run("cache", "import", recording, "--cache", cache.path).status == 0)
            try Data(contentsOf: cache).prefix(5000).write(to: cache)
            let stats = try PladProcess.run("cache", "stats", "--cache", cache.path)
            #expect(stats.status == 65 && stats.errors.contains("plad cache recover"), "\(stats.errors)")
            let result = try PladProcess.run("cache", "recover", recovered, "--cache", cache.path)
            #expect(result.status == 65 && !result.errors.contains("cache recover"), "\(result.errors)")
            #expect(result.errors.contains("plad cache import FILE --cache NEW"), "\(result.errors)")
        }
    }
}
