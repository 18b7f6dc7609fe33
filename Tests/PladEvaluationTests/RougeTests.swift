import Foundation
import PladEvaluation
import Testing

@Suite struct RougeTests {
    private struct Row: Decodable {
        let reference: String
        let candidate: String
        let plain: [String: [Double]]
        let stemmed: [String: [Double]]
    }

    private static func rows() throws -> [Row] {
        try Fixtures.lines("rouge/pairs.jsonl").dropFirst().map { try JSONDecoder().decode(Row.self, from: $0) }
    }

    @Test func everyMeasureEqualsRougeScore() throws {
        let rows = try Self.rows()
        #expect(rows.count > 250)
        for row in rows {
            for (stemming, expected) in [(false, row.plain), (true, row.stemmed)] {
                let rouge = Rouge.score(reference: row.reference, candidate: row.candidate, stemming: stemming)
                let scores = ["rouge1": rouge.rouge1, "rouge2": rouge.rouge2, "rougeL": rouge.rougeL, "rougeLsum": rouge.rougeLsum]
                for (measure, score) in scores {
                    // Both divide the same whole numbers in Double; 1e-12 leaves room for the order of operations alone.
                    let difference = zip([score.precision, score.recall, score.f], expected[measure]!).map { abs($0 - $1) }.max()!
                    #expect(difference < 1e-12, "\(measure), stemming \(stemming): \(row.reference) | \(row.candidate)")
                }
            }
        }
    }

    @Test func rougeLAloneEqualsRougeLAmongTheFour() throws {
        for row in try Self.rows() {
            let alone = RougeL.score(reference: row.reference, candidate: row.candidate)
            #expect(alone == Rouge.score(reference: row.reference, candidate: row.candidate).rougeL)
        }
    }

    @Test func longTextsOfManyWordsAreScoredExactly() {
        let words = (0..<1000).map { "w\($0)" }
        let reversed = Rouge.score(reference: words.joined(separator: " "), candidate: words.reversed().joined(separator: " "))
        #expect(reversed.rouge1.f == 1 && reversed.rouge2.f == 0 && reversed.rougeL.recall == 0.001)
        let evens = words.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        let half = Rouge.score(reference: words.joined(separator: " "), candidate: evens.joined(separator: "\n"))
        #expect(half.rougeL.recall == 0.5 && half.rougeL.precision == 1 && half.rougeLsum == half.rougeL)
    }

    @Test func onlyLettersWhoseLowerCaseIsLatinAreWordsAmongAllCharacters() {
        for value in UInt32(0x80)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let lowered = String(Character(scalar)).lowercased().unicodeScalars.filter { $0.isASCII && $0.properties.isAlphabetic }
            let expected = lowered.isEmpty ? 0.0 : 1.0
            // A letter that is no word would score 0 against itself.
            let score = RougeL.score(reference: String(Character(scalar)), candidate: String(String.UnicodeScalarView(lowered)))
            if score.f != expected { Issue.record("U+\(String(value, radix: 16)): \(score.f), expected \(expected)") }
        }
    }

    @Test func twentyThousandPairsTakeLessThanASecond() {
        // 60 words each, one in three changed, some repeated: the length of a long answer.
        let words = (0..<60).map { "word\($0 * 7 % 45)ing" }
        let reference = words.joined(separator: " ")
        let candidate = words.enumerated().map { $0 % 3 == 0 ? "changed" : $1 }.joined(separator: " ")
        let started = processorTime()
        var sum = 0.0
        for _ in 0..<2000 { sum += Rouge.score(reference: reference, candidate: candidate, stemming: true).rougeL.f }
        let seconds = Double(processorTime() - started) / 1e9
        #expect(sum > 0)
        // Processor time, so that other work on the machine does not count; the rest of the factor is for slower machines.
        #expect(seconds < 4 * 2000 / 20_000, "\(Int(2000 / seconds)) pairs a second")
    }
}

/// Nanoseconds that the processor has spent on this thread.
private func processorTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
