import Foundation
import Testing

/// What strangers write, a model, an endpoint, a run, and numbers that no machine counts with.
@Suite struct StrangerTests {
    private static let student = PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path

    private static let counts = [
        "timeout", "attempts", "concurrency", "teacher-samples", "max-tokens", "requests-per-minute", "tokens-per-minute", "budget",
        "limit",
        "pairs", "samples", "temperature", "top-k", "rounds", "epochs", "warm-up-epochs", "batch-size", "rows-per-pass", "lora-rank",
        "min-pairs", "candidates", "unpaid-limit", "quality-timeout",
        "evaluation-samples", "judge-max-tokens", "threads", "margin", "learning-rate", "checkpoint-seconds",
    ]

    /// Numbers that no machine counts with are refused by name before anything is multiplied by them.
    @Test(arguments: counts, ["9223372036854775807", "1e18"])
    func aHugeNumberIsRefusedByName(flag: String, value: String) throws {
        try PladProcess.withFolder { folder in
            for arguments in [["distill", "--\(flag)", value, "--dry-run"], ["teach", "--\(flag)=\(value)"]] {
                let result = try PladProcess.run(arguments, in: folder)
                #expect(result.status == 64 && result.errors.hasPrefix("plad: --\(flag) \(value): give at most "), "\(result.errors)")
            }
            let file = folder.appendingPathComponent("c.yaml")
            try Data("# x\n\(flag): \"\(value)\"\n".utf8).write(to: file)
            let result = try PladProcess.run("distill", "--config", file.path)
            #expect(result.errors.hasPrefix("plad: \(file.path):2: --\(flag) \(value): give at most "), "\(result.errors)")
        }
    }

    @Test(arguments: [
        ["serve", "--model", "x", "--slots", "9223372036854775807"], ["serve", "--model", "x", "--max-body-bytes=9223372036854775807"],
        ["sample", "--student", "x", "--samples", "9223372036854775807"], ["distill", "--dry-run", "--held-out", "-5"],
        ["distill", "--dry-run", "--held-out=1e18"],
    ])
    func otherCommandsRefuseThemToo(arguments: [String]) throws {
        let result = try PladProcess.run(arguments)
        let flag = try #require(arguments.last { $0.hasPrefix("--") }?.split(separator: "=").first)
        #expect(result.status == 64 && result.errors.hasPrefix("plad: \(flag) "), "\(result.errors)")
    }

    /// What a stranger wrote reaches the terminal as text: no colours, no titles, no cursor that moves.
    @Test func nothingOfAStrangersControlsTheTerminal() throws {
        let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}\r\u{8}\u{7f}"
        let escaped = evil.unicodeScalars.map {
            ($0.value < 0x80 && $0.value >= 0x20 && $0.value != 0x7f) ? String($0) : String(format: "\\u%04x", $0.value)
        }
        .joined()
        func check(_ text: String, _ place: String) {
            let controls = text.unicodeScalars.filter {
                $0.value < 0x20 && $0 != "\n" && $0 != "\t" || (0x7f..<0xa0).contains($0.value) || $0 == "\u{202e}"
            }
            #expect(controls.isEmpty, "\(place): \(text)")
        }
        try PladProcess.withFolder { folder in
            let script = """
                model: "\(escaped)"
                answer: "fine \(escaped)"
                sequence:
                  - {status: 400, body: "{\\"error\\":{\\"message\\":\\"no \(escaped.replacing("\\", with: "\\\\"))\\"}}"}
                """
            let cache = folder.appendingPathComponent("c.sqlite").path
            let prompts = folder.appendingPathComponent("p.txt")
            try Data("one\ntwo\n".utf8).write(to: prompts)
            for (number, text) in [script, script.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n"].enumerated() {
                let place = folder.appendingPathComponent("teacher\(number)")
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                let teacher = try LocalTeacher(script: text, in: place)
                defer { teacher.stop() }
                let result = try PladProcess.run(
                    "teach", "--remote", teacher.remote, "--teacher-model", "m", "--prompts", prompts.path, "--held-out", "0", "--out",
                    folder.appendingPathComponent("run\(number)").path, "--cache", cache)
                check(result.errors + result.output, "teach")
                #expect(number == 0 ? result.errors.contains("\\u001b]0;owned") : result.status == 0, "\(result.errors)")
            }
            let key = try PladProcess.run("cache", "ls", "--cache", cache).output.prefix { $0 != " " }
            #expect(!key.isEmpty)
            for command in [
                ["ls"], ["ls", "--json"], ["show", String(key)], ["show", String(key), "--json"], ["stats"], ["stats", "--json"],
            ] {
                let result = try PladProcess.run(["cache"] + command + ["--cache", cache])
                check(result.output + result.errors, command.joined(separator: " "))
                #expect(result.status == 0 && result.output.contains("\\u001b") || command[0] == "stats", "\(command): \(result.output)")
            }
            // A chat template that refuses in words of its own.
            let model = folder.appendingPathComponent("model")
            try FileManager.default.copyItem(at: URL(fileURLWithPath: Self.student), to: model)
            try Data("{{ raise_exception('\(evil)') }}".utf8).write(to: model.appendingPathComponent("chat_template.jinja"))
            let refused = try PladProcess.run(
                "sample", "--student", model.path, input: #"{"messages":[{"role":"user","content":"x"}]}"#)
            check(refused.errors, "template")
            #expect(refused.errors.contains("\\u001b]0;owned"), "\(refused.errors)")
        }
    }

    /// A key for this machine over plain http is not shown to the proxies of a company's environment.
    @Test func whatIsForThisMachineGoesThroughNoProxy() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher(script: "answer: yes\n", in: folder)
            defer { teacher.stop() }
            let prompts = folder.appendingPathComponent("p.txt")
            try Data("one\n".utf8).write(to: prompts)
            for (number, remote) in [teacher.remote, "http://localhost:\(teacher.port)/v1"].enumerated() {
                // Nobody listens on the port of these proxies.
                let result = try PladProcess.run(
                    [
                        "teach", "--remote", remote, "--teacher-model", "m", "--prompts", prompts.path, "--held-out", "0", "--out",
                        folder.appendingPathComponent("run\(number)").path, "--cache", folder.appendingPathComponent("c\(number)").path,
                        "--attempts", "1",
                    ],
                    environment: [
                        "http_proxy": "http://127.0.0.1:9", "all_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9",
                        "PLAD_API_KEY": "planted-key", "no_proxy": "",
                    ])
                #expect(result.status == 0, "\(result.errors)")
            }
        }
    }

    /// A run's folder and files are their owner's alone, also where the folder was there before.
    @Test func aRunIsItsOwnersAlone() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher(script: "answer: yes\n", in: folder)
            defer { teacher.stop() }
            let prompts = folder.appendingPathComponent("p.txt")
            try Data("one\ntwo\n".utf8).write(to: prompts)
            for (name, isThere) in [("new", false), ("old", true)] {
                let run = folder.appendingPathComponent(name)
                if isThere {
                    try FileManager.default.createDirectory(
                        at: run, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
                }
                let result = try PladProcess.run(
                    "teach", "--student", Self.student, "--remote", teacher.remote, "--teacher-model", "m", "--prompts", prompts.path,
                    "--held-out", "0", "--out", run.path, "--cache", folder.appendingPathComponent("c.sqlite").path)
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.errors.contains("was open to others") == isThere, "\(result.errors)")
                #expect(try PladProcess.run("warm-up", "--run", run.path).status == 0)
                let all = try FileManager.default.subpathsOfDirectory(atPath: run.path) + [""]
                #expect(all.count > 8)
                for path in all {
                    let place = run.appendingPathComponent(path).path
                    let mode = try FileManager.default.attributesOfItem(atPath: place)[.posixPermissions] as? Int ?? 0
                    #expect(mode & 0o077 == 0, "\(path): \(String(mode, radix: 8))")
                }
            }
        }
    }

    /// One bit of a checkpoint's weights turns over between two commands.
    @Test func aDamagedCheckpointIsNotSampledFromOrTrainedOn() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher(script: "answer: yes\n", in: folder)
            defer { teacher.stop() }
            let prompts = folder.appendingPathComponent("p.txt")
            try Data("one\ntwo\n".utf8).write(to: prompts)
            let run = folder.appendingPathComponent("run").path
            let taught = try PladProcess.run(
                "teach", "--student", Self.student, "--remote", teacher.remote, "--teacher-model", "m", "--prompts", prompts.path,
                "--held-out", "0", "--out", run, "--cache", folder.appendingPathComponent("c.sqlite").path)
            #expect(taught.status == 0, "\(taught.errors)")
            #expect(try PladProcess.run("warm-up", "--run", run).status == 0)
            let weights = folder.appendingPathComponent("run/checkpoints/warm-up/model.safetensors")
            let whole = try Data(contentsOf: weights)
            func turned() throws {
                var damaged = whole
                damaged[whole.count / 2] ^= 1
                try damaged.write(to: weights)
            }
            try turned()
            let sampled = try PladProcess.run("sample", "--run", run)
            #expect(
                sampled.status == 65 && sampled.errors.contains("is damaged: its bytes are not those that were written"),
                "\(sampled.errors)")
            try whole.write(to: weights)
            #expect(try PladProcess.run("sample", "--run", run).status == 0)
            #expect(try PladProcess.run("pair", "--run", run).status == 0)
            try turned()
            let trained = try PladProcess.run("train", "--run", run)
            #expect(trained.status == 65 && trained.errors.contains("to train it again"), "\(trained.errors)")
        }
    }

    /// A stranger's run whose page is a link to a file of this machine.
    @Test func aRunsLinksAreNotWrittenThrough() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher(script: "answer: yes\n", in: folder)
            defer { teacher.stop() }
            let prompts = folder.appendingPathComponent("p.txt")
            try Data("one\ntwo\n".utf8).write(to: prompts)
            let run = folder.appendingPathComponent("run")
            let arguments = [
                "teach", "--remote", teacher.remote, "--teacher-model", "m", "--prompts", prompts.path, "--held-out", "0", "--out",
                run.path, "--cache",
                folder.appendingPathComponent("c.sqlite").path,
            ]
            #expect(try PladProcess.run(arguments).status == 0)
            let target = folder.appendingPathComponent("precious")
            for name in ["report.html", ".report.html.partial", "drops.jsonl", ".lock"] {
                let link = run.appendingPathComponent(name)
                try? FileManager.default.removeItem(at: link)
                try Data("precious".utf8).write(to: target)
                try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
                for command in [["report", "--run", run.path], arguments] {
                    let result = try PladProcess.run(command)
                    #expect(result.status == 64 && result.errors.contains("\(link.path) is a link"), "\(result.errors)")
                }
                #expect(try String(contentsOf: target, encoding: .utf8) == "precious")
                try FileManager.default.removeItem(at: link)
            }
            // Folders elsewhere, as those of another model, are not written into, nor taken for the run's own.
            let elsewhere = folder.appendingPathComponent("elsewhere")
            try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
            for name in ["held-out", "checkpoints", "student", "checkpoints/warm-up", "checkpoints/round-1/tokenizer.json"] {
                let link = run.appendingPathComponent(name)
                try? FileManager.default.removeItem(at: link)
                try FileManager.default.createDirectory(at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(at: link, withDestinationURL: elsewhere)
                let result = try PladProcess.run(arguments)
                #expect(result.status == 64 && result.errors.contains("\(link.path) is a link"), "\(result.errors)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path).isEmpty)
                try FileManager.default.removeItem(at: link)
            }
        }
    }
}
