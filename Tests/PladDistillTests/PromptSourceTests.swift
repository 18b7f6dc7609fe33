import Foundation
import PladDistill
import PladRecords
import Testing

/// A student is never measured on a text that it was trained on, whatever the prompt is called.
@Suite struct PromptSourceTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plad-\(UUID().uuidString)")

    /// The source of a file of prompts, each an id and a text.
    private func source(
        _ prompts: [(String, String)], heldOut: [(String, String)]? = nil, test: [(String, String)]? = nil, share: Double = 0.1,
        seed: UInt64 = 0
    ) throws -> PromptSource {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ prompts: [(String, String)], _ name: String) throws -> String {
            let file = folder.appendingPathComponent(name)
            try JSONLines.write(prompts.map { Prompt(id: $0.0, text: $0.1) }, to: file)
            return file.path
        }
        var settings = DistillSettings().prompts
        settings.source = try write(prompts, "train.jsonl")
        settings.heldOutFile = try heldOut.map { try write($0, "valid.jsonl") }
        settings.testFile = try test.map { try write($0, "test.jsonl") }
        settings.heldOutShare = share
        return try PromptSource(settings, seed: seed)
    }

    @Test func aTextOfBothSidesIsHeldOutAndCounted() throws {
        let source = try source(
            [("a", "One"), ("b", " Two \n"), ("c", "Three"), ("d", "Two")], heldOut: [("v", "Two"), ("w", "Four")])
        #expect(source.train.map(\.id) == ["a", "c"])
        #expect(source.valid.map(\.id) == ["v", "w", "b", "d"])
        #expect(source.moved == 2)
        let error = try #require(throws: RecordError.self) { try self.source([("a", "One")], heldOut: [("v", "One")]) }
        #expect(error.message.contains("is held out too"))
    }

    @Test func aTextToReportOnChoosesNothingAndIsCounted() throws {
        let source = try source([("a", "One")], heldOut: [("v", "Two"), ("w", "Three ")], test: [("t", "Three"), ("u", "Four")])
        #expect(source.valid.map(\.id) == ["v"] && source.test.map(\.id) == ["t", "u", "w"])
        #expect(source.movedToTest == 1 && source.moved == 0)
    }

    @Test func promptsThatAreNamedByTheirLinesAreNamedApart() throws {
        let source = try source([("line-1", "One"), ("line-2", "Two")], heldOut: [("line-1", "Three"), ("line-3", "Four")])
        #expect(source.train.map(\.id) == ["line-1", "line-2"] && source.valid.map(\.id) == ["valid-line-1", "line-3"])
        // A name that somebody gave stands for one prompt.
        let error = try #require(throws: RecordError.self) { try self.source([("a", "One")], heldOut: [("a", "Two")]) }
        #expect(error.message.contains("the id \"a\" occurs twice"))
    }

    @Test func promptsOfOneTextLieOnOneSideOfTheSplit() throws {
        let prompts = (0..<100).map { ("d\($0)", "text \($0 % 5)") }
        for seed in 0..<8 as Range<UInt64> {
            let source = try source(prompts, seed: seed)
            #expect(source.train.count == 80 && source.valid.count == 20 && source.moved == 0)
            #expect(Set(source.valid.map(\.text)).count == 1)
            #expect(Set(source.train.map(\.text)).isDisjoint(with: source.valid.map(\.text)))
        }
    }

    /// Runs that older versions began must find the prompts split as they were.
    @Test func promptsOfDifferentTextsAreDrawnByTheirIDsDigest() throws {
        let prompts = (0..<50).map { ("a\($0)", "text \($0)") }
        for seed in [0, 7] as [UInt64] {
            let drawn = prompts.map { (draw: Digest(of: "\(seed):\($0.0)").description, id: $0.0) }.sorted { $0.draw < $1.draw }
            let source = try source(prompts, seed: seed)
            #expect(Set(source.valid.map(\.id)) == Set(drawn.prefix(5).map(\.id)))
            #expect(source.train.count == 45 && source.moved == 0)
        }
        #expect(try source([("a", "One"), ("b", "One")]).valid.isEmpty)
    }
}
