import Foundation
import PladRecords
import PladStudent
import PladTokenizer
import PladTraining
import Testing

/// The file of a teacher's distributions: what is written is read, whatever happened in between, or it is an error that says what.
@Suite struct LogitsFileTests {
    private let truncation = Truncation(topP: 0.95, topK: 12)

    private struct Given {
        var teacher: Student
        var header: LogitsHeader
        var spellings: TokenSpellings
        var texts: [EncodedText]
        var distributions: [TokenDistributions]
    }

    private func given(_ model: String = "llama-gqa-tied", teacher name: String = "a") throws -> Given {
        let teacher = try Fixture(model).student()
        let spellings = TokenSpellings(teacher.tokenizer, count: teacher.configuration.vocabularySize)
        let texts = (0..<5).map { EncodedText(id: "text-\($0)", ids: (0..<TokenID(4 + $0)).map { 3 * $0 + 40 }) }
        return Given(
            teacher: teacher, header: LogitsHeader(teacher: name, truncation: truncation, spellings: spellings), spellings: spellings,
            texts: texts, distributions: try texts.map { try teacher.distributions(of: [$0.ids], truncation) })
    }

    private func write(_ given: Given, _ texts: Range<Int>, to writer: LogitsWriter) throws {
        try writer.append(
            texts.map { (given.texts[$0].key, given.texts[$0].positions) },
            texts.reduce(into: TokenDistributions()) { $0 += given.distributions[$1] })
    }

    /// Writes all texts in two blocks.
    private func writeAll(_ given: Given, to file: URL) throws {
        let writer = try LogitsWriter(file, header: given.header, spellings: given.spellings)
        try write(given, 0..<3, to: writer)
        try write(given, 3..<5, to: writer)
        try writer.finish()
    }

    @Test func whatIsWrittenIsRead() throws {
        let given = try given()
        try Fixture.withTemporaryFolder { folder in
            let place = folder.appendingPathComponent("some.logits")
            try writeAll(given, to: place)
            let file = try LogitsFile(place)
            #expect(file.header == given.header && file.spellings == given.spellings && file.texts == 5)
            #expect(file.bytes % 4096 == 0 && file.positions == given.texts.reduce(0) { $0 + $1.positions })
            for (text, expected) in zip(given.texts, given.distributions) {
                #expect(try file.distributions(of: text.key, truncation) == expected)
            }
            #expect(try file.distributions(of: Digest(of: "another"), truncation) == nil)
            // Fewer tokens of the same file are what the teacher would have given.
            let less = Truncation(topP: 0.6, topK: 3)
            for text in given.texts {
                let (found, expected) = (
                    try #require(try file.distributions(of: text.key, less)), try given.teacher.distributions(of: [text.ids], less)
                )
                #expect(found.ids == expected.ids && found.starts == expected.starts && found.logProbabilities == expected.logProbabilities)
                #expect(zip(found.restMasses, expected.restMasses).allSatisfy { abs($0 - $1) < 1e-6 })
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["some.logits"])
        }
    }

    /// A writer that is killed anywhere, and one that goes on with it, leave the bytes of one that was not.
    @Test func resumedAfterAnyCutItIsTheSameFile() throws {
        let given = try given()
        try Fixture.withTemporaryFolder { folder in
            let whole = folder.appendingPathComponent("whole")
            try writeAll(given, to: whole)
            let expected = try Data(contentsOf: whole)
            let place = folder.appendingPathComponent("cut")
            let growing = folder.appendingPathComponent(".cut.growing")
            // The second block begins where the first ends; the last page is the end.
            let blocks = try LogitsFile(whole).bytes
            func begin() throws -> (start: Int, middle: Int) {
                let first = try LogitsWriter(place, header: given.header, spellings: given.spellings)
                let start = try Data(contentsOf: growing).count
                let error = #expect(throws: RecordError.self) {
                    try LogitsWriter(place, header: given.header, spellings: given.spellings)
                }
                #expect(error?.message.contains("is being written by another process") == true)
                try write(given, 0..<3, to: first)
                return (start, try Data(contentsOf: growing).count)
            }
            let (start, middle) = try begin()
            for cut in [
                start, start + 1, start + 5000, middle - 1, middle, middle + 1, middle + 4096, blocks - 4097, blocks - 4096, blocks - 1,
            ] {
                try expected.prefix(cut).write(to: growing)
                let writer = try LogitsWriter(place, header: given.header, spellings: given.spellings)
                let known = given.texts.filter { writer.known.contains($0.key) }.count
                #expect(known == (cut < middle ? 0 : cut < blocks - 4096 ? 3 : 5), "\(cut)")
                if known == 0 { try write(given, 0..<3, to: writer) }
                if known < 5 { try write(given, 3..<5, to: writer) }
                try writer.finish()
                #expect(try Data(contentsOf: place) == expected, "cut at \(cut)")
                try FileManager.default.removeItem(at: place)
            }
        }
    }

    /// A whole file grows by further texts.
    @Test func furtherTextsAreAdded() throws {
        let given = try given()
        try Fixture.withTemporaryFolder { folder in
            let (place, whole) = (folder.appendingPathComponent("grown"), folder.appendingPathComponent("whole"))
            let first = try LogitsWriter(place, header: given.header, spellings: given.spellings)
            try write(given, 0..<3, to: first)
            try first.finish()
            let second = try LogitsWriter(place, header: given.header, spellings: given.spellings)
            #expect(second.known.count == 3)
            try write(given, 3..<5, to: second)
            try second.finish()
            try writeAll(given, to: whole)
            #expect(try Data(contentsOf: place) == Data(contentsOf: whole))
        }
    }

    /// One bit anywhere, or an end that is missing, is noticed when the file is opened.
    @Test func aDamagedOrCutFileIsRefusedWhereverItIs() throws {
        let given = try given()
        try Fixture.withTemporaryFolder { folder in
            let place = folder.appendingPathComponent("some.logits")
            try writeAll(given, to: place)
            let good = try Data(contentsOf: place)
            var generator = SeededGenerator(seed: 1, "damage")
            var refused = 0
            for round in 0..<300 {
                var bad = good
                let byte = Int.random(in: 0..<good.count, using: &generator)
                if round % 3 == 0 { bad = good.prefix(byte) } else { bad[byte] ^= 1 << UInt8(round % 8) }
                try bad.write(to: place)
                do {
                    let file = try LogitsFile(place)
                    // What fills up pages says nothing, outside of the sections that are summed.
                    for (text, expected) in zip(given.texts, given.distributions) {
                        #expect(try file.distributions(of: text.key, truncation) == expected, "byte \(byte)")
                    }
                } catch let error as TrainingError {
                    refused += 1
                    #expect(error.code == .knowledge && error.message.hasPrefix(place.path), "\(error.message)")
                    if round % 3 == 0, byte >= 4096 { #expect(error.message.contains("is cut"), "\(error.message)") }
                }
            }
            #expect(refused > 250, "\(refused)")
            // A file that ends with a block, and one that goes on behind its end.
            try (good + Data(count: 4096)).write(to: place)
            #expect(throws: TrainingError.self) { try LogitsFile(place) }
            try good.dropLast(4096).write(to: place)
            #expect(throws: TrainingError.self) { try LogitsFile(place) }
            for other in [Data(), Data("{\"text\":\"a\"}\n".utf8), Data(count: 10_000)] {
                try other.write(to: place)
                let error = #expect(throws: TrainingError.self) { try LogitsFile(place) }
                #expect(error?.message.contains("is no file of a teacher's logits") == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func aFileOfAnotherTeacherOrCutIsNotWrittenOver() throws {
        let given = try given()
        try Fixture.withTemporaryFolder { folder in
            let place = folder.appendingPathComponent("some.logits")
            try writeAll(given, to: place)
            let bytes = try Data(contentsOf: place)
            for (header, word) in [
                (LogitsHeader(teacher: "b", truncation: truncation, spellings: given.spellings), "another teacher"),
                (LogitsHeader(teacher: "a", truncation: Truncation(topP: 0.9, topK: 12), spellings: given.spellings), "keeps top-p 0.95"),
            ] {
                let error = #expect(throws: TrainingError.self) { try LogitsWriter(place, header: header, spellings: given.spellings) }
                #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
            }
            let other = try self.given("qwen3")
            let error = #expect(throws: TrainingError.self) { try LogitsWriter(place, header: other.header, spellings: other.spellings) }
            #expect(error?.message.contains("another vocabulary") == true)
            #expect(try Data(contentsOf: place) == bytes)
        }
    }

    /// A student of another vocabulary learns nothing from the file, also where both have as many tokens.
    @Test func aStudentOfAnotherVocabularyIsRefusedByTheFirstTokenThatDiffers() throws {
        let given = try given()
        try Fixture.withTemporaryFolder { folder in
            let place = folder.appendingPathComponent("some.logits")
            try writeAll(given, to: place)
            let file = try LogitsFile(place)
            let stored = try StoredKnowledge(file, student: given.teacher)
            #expect(try stored.distributions(of: given.texts).count == file.positions)
            try stored.check(given.texts)
            let missing = EncodedText(id: "another", ids: [5, 6, 7])
            let lacking = #expect(throws: TrainingError.self) { try stored.check(given.texts + [missing]) }
            #expect(lacking?.message.contains("no logits for another,") == true, "\(lacking?.message ?? "")")
            let foreign = #expect(throws: TrainingError.self) { try StoredKnowledge(file, student: Fixture("gpt2").student()) }
            #expect(foreign?.message.contains("its token ") == true, "\(foreign?.message ?? "")")
            // The same number of tokens, one of them spelled otherwise.
            let copy = folder.appendingPathComponent("student")
            try FileManager.default.copyItem(at: Fixture("llama-gqa-tied").folder, to: copy)
            let tokenizer = copy.appendingPathComponent("tokenizer.json")
            let text = try String(contentsOf: tokenizer, encoding: .utf8)
            let spelling = try #require(given.teacher.tokenizer.token(of: 1))
            #expect(spelling == "!")
            try text.replacingOccurrences(of: "\"!\": 1,", with: "\"¡¡\": 1,").replacingOccurrences(of: "\"!\":1,", with: "\"¡¡\":1,")
                .write(to: tokenizer, atomically: true, encoding: .utf8)
            let error = #expect(throws: TrainingError.self) {
                try StoredKnowledge(file, student: Student(folder: copy, threads: 1))
            }
            #expect(error?.message.contains("its token 1 is \"¡¡\", the other's \"!\"") == true, "\(error?.message ?? "")")
            let more = #expect(throws: TrainingError.self) {
                try StoredKnowledge(file, truncation: Truncation(topP: 0.95, topK: 13), student: given.teacher)
            }
            #expect(more?.message.contains("less than `top_p` 0.95 and `top_k` 13") == true)
        }
    }
}
