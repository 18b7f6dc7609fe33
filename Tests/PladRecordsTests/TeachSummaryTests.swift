import Foundation
import PladRecords
import Testing

/// `teach.json` keeps its numbers, also those that plad 0.1.0 wrote under other names.
struct TeachSummaryTests {
    @Test func namesOfEarlierVersionsAreRead() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/old-run/finished/teach.json")
        let summary = try #require(try JSONLines.read(TeachSummary.self, from: file).first)
        var expected = TeachSummary()
        (expected.wanted, expected.states, expected.models) = (24, ["answered": 24], ["llama-untied-sp": 24])
        (expected.wire.completions, expected.wire.attempts) = (24, 24)
        (expected.wire.promptTokens, expected.wire.completionTokens) = (340, 288)
        #expect(summary == expected)
    }

    @Test func whatIsWrittenIsRead() throws {
        var summary = TeachSummary()
        (summary.wanted, summary.states, summary.failures, summary.fingerprints) = (7, ["answered": 4, "failed": 3], ["down": 3], ["f": 4])
        (summary.wire.completions, summary.wire.dollars, summary.wire.dollarsInDoubt) = (4, 0.5, 0.25)
        let line = try summary.jsonLine()
        #expect(try JSONValue(parsing: line)["wanted"] == 7)
        #expect(try JSONLines.parse(TeachSummary.self, line, name: "teach.json") == [summary])
    }
}
