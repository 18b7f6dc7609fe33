import Foundation
import PladEvaluation
import Testing

@Suite struct PorterStemmerTests {
    private struct Row: Decodable {
        let word: String
        let stem: String
    }

    @Test func everyStemEqualsNLTK() throws {
        let rows = try Fixtures.lines("rouge/stems.jsonl").dropFirst().map { try JSONDecoder().decode(Row.self, from: $0) }
        #expect(rows.count > 2500)
        for row in rows { #expect(PorterStemmer.stem(row.word) == row.stem, "\(row.word)") }
    }

    @Test func aLongRunOfYTakesLinearTime() {
        #expect(PorterStemmer.stem(String(repeating: "y", count: 100_000) + "ing").count > 99_000)
    }
}
