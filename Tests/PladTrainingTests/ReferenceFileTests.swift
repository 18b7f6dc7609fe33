import Foundation
import PladStudent
import PladTensor
import PladTraining
import Testing

@Suite struct ReferenceFileTests {
    private func groups(_ fixture: Fixture, _ count: Int) -> [EncodedGroup] {
        (0..<count).map { fixture.pairs[$0 % fixture.pairs.count] }
    }

    @Test func referencesAreTheStudentsOwnSums() throws {
        let fixture = try Fixture("llama-gqa-tied")
        let student = try fixture.student()
        try Fixture.withTemporaryFolder { folder in
            let filled = try ReferenceFile(folder.appendingPathComponent("r")).fill(fixture.pairs, by: student)
            let expected = try student.logProbabilities(of: fixture.pairs.map(\.tree)).map { $0.map { $0.reduce(0) { $0 + Double($1) } } }
            #expect(filled.map { $0.candidates.map(\.reference) } == expected)
        }
    }

    @Test func keptReferencesAreReadAndThoseOfAnotherStudentMadeAnew() throws {
        let fixture = try Fixture("llama-gqa-tied")
        let student = try fixture.student()
        try Fixture.withTemporaryFolder { folder in
            let file = ReferenceFile(folder.appendingPathComponent("r"))
            let first = try file.fill(fixture.pairs, by: student)
            var calls = 0
            #expect(try file.fill(fixture.pairs, by: student) { _ in calls += 1 } == first)
            #expect(calls == 0)
            try student.makeTrainable()
            student.weights.buffer.pointer[0] += 1
            let second = try file.fill(fixture.pairs, by: student) { _ in calls += 1 }
            #expect(calls == 1)
            #expect(second != first)
        }
    }

    @Test func interruptedFileGoesOnToTheSameBytes() throws {
        let fixture = try Fixture("llama-gqa-tied")
        let student = try fixture.student()
        let groups = groups(fixture, 2 * ReferenceFile.batchSize + 3)
        struct Stop: Error {}
        try Fixture.withTemporaryFolder { folder in
            let whole = ReferenceFile(folder.appendingPathComponent("whole"))
            let expected = try whole.fill(groups, by: student)
            let cut = ReferenceFile(folder.appendingPathComponent("cut"))
            #expect(throws: Stop.self) { try cut.fill(groups, by: student) { _ in throw Stop() } }
            // A kill in the middle of the next batch: one whole line of it and half of another.
            let lines = try String(contentsOf: whole.url, encoding: .utf8).split(separator: "\n")
            let torn =
                lines.prefix(ReferenceFile.batchSize + 2).joined(separator: "\n") + "\n" + lines[ReferenceFile.batchSize + 2].prefix(9)
            try Data(torn.utf8).write(to: cut.url)
            var batches: [Int] = []
            #expect(try cut.fill(groups, by: student) { batches.append($0) } == expected)
            #expect(batches.first == 2 * ReferenceFile.batchSize)
            #expect(try Data(contentsOf: cut.url) == Data(contentsOf: whole.url))
        }
    }
}
