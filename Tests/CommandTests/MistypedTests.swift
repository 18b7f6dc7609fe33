import Foundation
import Testing

/// What a hand slips on, and lines that look right: each answer names the thing, the place and the way out.
@Suite struct MistypedTests {
    @Test(arguments: [
        ("distil", "distil", "distill", "plad"), ("distil --prompts x", "distil", "distill", "plad"),
        ("sevre --model x", "sevre", "serve", "plad"),
        ("cache lst", "lst", "ls", "plad cache"), ("cache stat --cache x", "stat", "stats", "plad cache"),
        ("bench scroe", "scroe", "score", "plad bench"), ("nonsense", "nonsense", nil, "plad"), ("foo bar", "foo", nil, "plad"),
        ("help nonsense", "nonsense", nil, "plad"), ("help cache lst", "lst", "ls", "plad cache"),
    ]) func aMistypedCommandIsAnsweredWithTheNearOne(line: String, word: String, near: String?, command: String) throws {
        let result = try PladProcess.run(line.split(separator: " ").map(String.init))
        let meant = near.map { ". Did you mean '\($0)'? See" } ?? "; see"
        #expect(result.status == 64 && result.errors == "plad: unknown command '\(word)'\(meant) \(command) --help\n")
    }

    @Test func whatIsNoCommandIsNotTakenForOne() throws {
        for words in [["pull"], ["pull", "a"], ["cache", "show"], ["help", "cache"], ["tokenize", "serve"]] {
            let result = try PladProcess.run(words)
            #expect(!result.errors.contains("unknown command"), "\(words): \(result.errors)")
        }
    }

    private static let student = PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path

    @Test func aConversationThatTheAssistantEndsIsNotAnsweredAgain() throws {
        let line = #"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}"#
        let result = try PladProcess.run("sample", "--student", Self.student, "--max-tokens", "2", input: #"{"prompt":"x"}"# + "\n" + line)
        #expect(result.status == 65 && result.output.isEmpty)
        #expect(
            result.errors
                == "plad: standard input: the \"messages\" of line-2 end in an assistant's turn, which the student is to write; leave that turn out, or give the whole text so far as \"prompt\" to have it continued\n"
        )
    }

    @Test(arguments: [["sample"], ["score"], ["rouge"]]) func anInputWithoutLinesIsAnError(_ command: [String]) throws {
        let student = command == ["rouge"] ? [] : ["--student", Self.student]
        let result = try PladProcess.run(command + student, input: "")
        #expect(result.status == 65 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("plad: standard input holds no lines; give "), "\(result.errors)")
    }

    @Test func rowsAreNumberedWhereTheyHaveNoTextForAnID() throws {
        let rows = [#"{"id":7,"#, "{", #"{"id":"x","#].map {
            $0 + #""prompt_ids":[5,6],"completion_ids":[8],"reference":"a","candidate":"a"}"#
        }
        for command in [["score", "--student", Self.student], ["rouge", "--json"]] {
            let result = try PladProcess.run(command, input: rows.joined(separator: "\n"))
            #expect(result.status == 0, "\(result.errors)")
            let ids = try result.output.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["id"] as? String
            }
            #expect(ids == ["7", "line-2", "x"], "\(command)")
        }
    }

    @Test func whatWasLeftOutNamesFlags() throws {
        try PladProcess.withFolder { folder in
            let teacher = try LocalTeacher(script: "answer: torn\nsequence: [{finish-reason: length}]\n", in: folder)
            defer { teacher.stop() }
            let prompts = folder.appendingPathComponent("prompts.txt")
            try Data("one\ntwo\n".utf8).write(to: prompts)
            let run = folder.appendingPathComponent("run")
            let result = try PladProcess.run(
                "teach", "--remote", teacher.remote, "--teacher-model", "m", "--prompts", prompts.path, "--held-out", "0", "--out",
                run.path,
                "--cache", folder.appendingPathComponent("c.sqlite").path)
            let drops = try String(contentsOf: run.appendingPathComponent("drops.jsonl"), encoding: .utf8)
            #expect(drops.contains("raise --max-tokens or set --keep-truncated") && !drops.contains("`"), "\(result.errors)\(drops)")
        }
    }
}
