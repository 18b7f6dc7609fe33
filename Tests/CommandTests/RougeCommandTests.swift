import Foundation
import Testing

/// `plad rouge` through the binary.
@Suite struct RougeCommandTests {
    private struct Row: Decodable {
        let reference: String
        let candidate: String
        let plain: [String: [Double]]
        let stemmed: [String: [Double]]
    }

    private struct Score: Decodable {
        let precision: Double
        let recall: Double
        let f: Double
    }

    private static let fixture = PladProcess.fixtures.deletingLastPathComponent().appendingPathComponent("rouge/pairs.jsonl")

    @Test(arguments: [false, true])
    func everyLineEqualsRougeScore(stems: Bool) throws {
        // The first line names the versions that made the file.
        let lines = try String(contentsOf: Self.fixture, encoding: .utf8).split(separator: "\n").dropFirst()
        let result = try PladProcess.run(["rouge", "--json"] + (stems ? ["--stem"] : []), input: lines.joined(separator: "\n"))
        #expect(result.status == 0, "\(result.errors)")
        let output = result.output.split(separator: "\n")
        #expect(output.count == lines.count && output.count > 250)
        for (line, printed) in zip(lines, output) {
            let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
            var document = try #require(try JSONSerialization.jsonObject(with: Data(printed.utf8)) as? [String: Any])
            #expect(document.removeValue(forKey: "chrf") is Double && document.removeValue(forKey: "id") is String)
            let scores = try JSONDecoder().decode([String: Score].self, from: JSONSerialization.data(withJSONObject: document))
            for (measure, expected) in stems ? row.stemmed : row.plain {
                let score = try #require(scores[["rougeL": "rouge_l", "rougeLsum": "rouge_lsum"][measure] ?? measure])
                for (own, reference) in zip([score.precision, score.recall, score.f], expected) {
                    #expect(abs(own - reference) < 1e-6, "\(measure) of \(line)")
                }
            }
        }
    }

    @Test func meansStandInATable() throws {
        let lines = """
            {"reference": "the cat sat", "candidate": "the cat sat"}
            {"reference": "the cat sat", "candidate": "a dog"}
            """
        let result = try PladProcess.run("rouge", input: lines)
        #expect(
            result.output == """
                measure   precision               recall                  F
                rouge1    0.5000 [0.0000 1.0000]  0.5000 [0.0000 1.0000]  0.5000 [0.0000 1.0000]
                rouge2    0.5000 [0.0000 1.0000]  0.5000 [0.0000 1.0000]  0.5000 [0.0000 1.0000]
                rougeL    0.5000 [0.0000 1.0000]  0.5000 [0.0000 1.0000]  0.5000 [0.0000 1.0000]
                rougeLsum 0.5000 [0.0000 1.0000]  0.5000 [0.0000 1.0000]  0.5000 [0.0000 1.0000]
                chrF      -                       -                       0.5541 [0.0312 1.0000]

                means (chrF: corpus) of 2 pairs, with 95 % intervals

                """)
    }

    @Test func aScriptThatROUGECannotReadIsSaid() throws {
        let line = "{\"reference\": \"包裹星期一已经寄出\", \"candidate\": \"包裹星期二寄出\"}"
        let note = "ROUGE reads a-z and 0-9 alone, 0 % of the letters of these references: go by chrF\n"
        let table = try PladProcess.run("rouge", input: line)
        #expect(table.output.hasSuffix(note) && table.output.contains("chrF      -                       -                       0.2844 "))
        let json = try PladProcess.run("rouge", "--json", input: line)
        #expect(json.errors == note && json.output.contains("\"chrf\":0.284354893080654"), "\(json.output)")
        #expect(try PladProcess.run("rouge", input: "{\"reference\": \"parcel\", \"candidate\": \"包裹\"}").errors == "")
    }

    @Test func aLineWithoutACandidateIsNamed() throws {
        let result = try PladProcess.run("rouge", input: "{\"reference\": \"a\", \"candidate\": \"b\"}\n{\"reference\": \"a\"}\n")
        #expect(result.status == 65)
        #expect(result.errors.contains("standard input:2") && result.errors.contains("candidate"), "\(result.errors)")
        #expect(try PladProcess.run("rouge").status == 65, "nothing to compare")
    }
}
