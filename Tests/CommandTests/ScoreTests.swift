import Foundation
import PladRecords
import Testing

/// `plad score --quality`.
@Suite struct ScoreTests {
    private let student = PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path

    private struct Line: Decodable {
        var quality: Double?
        var logProbability: Double
    }

    private func qualities(_ input: String, _ flags: String...) throws -> [Double?] {
        let result = try PladProcess.run(["score", "--student", student, "--threads", "1"] + flags, input: input)
        #expect(result.status == 0, "\(result.errors)")
        return try JSONLines.parse(Line.self, Data(result.output.utf8), name: "output").map(\.quality)
    }

    @Test func qualitiesArePrintedBesideLogProbabilities() throws {
        let facts = """
            {"prompt":"a","completion":"the cat","facts":["cat","dog"]}
            {"prompt":"b","completion":"no"}
            """
        #expect(try qualities(facts, "--quality", "facts") == [0.5, nil])
        #expect(try qualities(facts) == [nil, nil])
        // A right answer may be written as a number.
        let answers = """
            {"prompt":"1+1","completion":"Answer: 2.0","answer":2}
            {"prompt":"1+2","completion":"Answer: 4","answer":"3"}
            """
        #expect(try qualities(answers, "--quality", "answer") == [1, 0])
        // The lines of one prompt are looked at together.
        let samples = ["A", "A", "B"].map { "{\"prompt\":\"x\",\"completion\":\"Answer: \($0)\"}\n" }.joined()
        #expect(try qualities(samples, "--quality", "agreement") == [0.5, 0.5, 0])
        #expect(
            try qualities(facts, "--quality", "command", "--quality-command", "while read -r line; do echo 0.25; done") == [0.25, 0.25])
    }

    @Test(arguments: [
        (["--quality", "command"], "--quality command needs --quality-command"),
        (["--critic", "x"], "--critic is given without --quality critic"),
        (["--quality", "judge"], "--quality judge ranks within a run"),
    ])
    func flagsThatDoNotFitAreNamed(flags: [String], line: String) throws {
        let result = try PladProcess.run(["score", "--student", student] + flags, input: "")
        #expect(result.status == 64 && result.errors.hasPrefix("plad: " + line), "\(result.errors)")
    }

    @Test func idsAloneHaveNoQuality() throws {
        let result = try PladProcess.run(
            ["score", "--student", student, "--quality", "facts"], input: #"{"prompt_ids":[1],"completion_ids":[2]}"#)
        #expect(result.status == 65 && result.errors.contains("line 1 has no \"prompt\" or no \"completion\""), "\(result.errors)")
    }
}
