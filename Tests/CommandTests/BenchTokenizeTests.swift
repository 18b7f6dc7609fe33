import Foundation
import Testing

@Suite struct BenchTokenizeTests {
    private let text = PladProcess.fixtures.deletingLastPathComponent().appendingPathComponent("tokenizers/texts.json")
    private let tokenizer = PladProcess.fixtures.deletingLastPathComponent().appendingPathComponent("tokenizers/gpt2").path

    private func bench(length: Int) throws -> [String: Any] {
        let result = try PladProcess.run([
            "bench", "tokenize", "--student", tokenizer, "--text", text.path, "--length", "\(length)", "--repeats", "1", "--json",
        ])
        #expect(result.status == 0, "\(result.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test func theTextIsCutOrLeftWhole() throws {
        let scalars = try String(contentsOf: text, encoding: .utf8).unicodeScalars.count
        let (whole, cut) = (try bench(length: 0), try bench(length: 10))
        #expect(whole["texts"] as? Int == 1)
        #expect(cut["texts"] as? Int == (scalars + 9) / 10)
        for line in [whole, cut] {
            #expect(line["bytes"] as? Int == (try Data(contentsOf: text)).count)
            for key in ["tokens", "seconds", "megabytes_per_second", "seconds_to_read"] {
                #expect((line[key] as? Double ?? 0) > 0, "\(key)")
            }
        }
    }
}
