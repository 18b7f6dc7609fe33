import Foundation
import PladRecords
import PladTestSupport
import Testing

/// Settings from a stranger: however few lines they are, what they stand for is bounded.
@Suite struct YAMLFileTests {
    private func read(_ text: String) throws -> [String: JSONValue] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("plad-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        try YAMLFile.refuseKeys(
            in: file, otherThan: Set((0...200).map { "a\($0)" } + ["a", "b", "c", "a.x", "b.<<", "b.<<.x", "b.x", "b.y"]))
        return try YAMLFile.read([String: JSONValue].self, from: file)
    }

    /// Nine lines that stand for a billion values.
    private static func bomb(_ levels: Int, _ width: Int = 9, open: String = "[", close: String = "]") -> String {
        let rest = (1...levels).map { level in
            let inside = (0..<width).map { "\(open == "{" ? "k\($0): " : "")*a\(level - 1)" }.joined(separator: ", ")
            return "a\(level): &a\(level) \(open)\(inside)\(close)"
        }
        return "a0: &a0 x\n" + rest.joined(separator: "\n") + "\n"
    }

    @Test(arguments: [bomb(9), bomb(30, 2), bomb(9, open: "{", close: "}"), bomb(100, 1)])
    func whatAliasesStandForIsBounded(text: String) throws {
        let seconds = processorSeconds {
            let error = #expect(throws: RecordError.self) { try read(text) }
            #expect(error?.message.contains("than 200000 values, or nests them deeper than 64, once its aliases") == true)
        }
        #expect(seconds < 20)
    }

    /// The parser looks for each key among all keys of its mapping.
    @Test(arguments: [
        (0..<60_000).map { "k\($0): 1\n" }.joined(),
        "a: &a {" + (0..<1000).map { "k\($0): 1" }.joined(separator: ", ") + "}\nb: [" + String(repeating: "*a, ", count: 150) + "]\n",
        "a: &a {" + (0..<1000).map { "k\($0): 1" }.joined(separator: ", ") + "}\nb: {<<: [" + String(repeating: "*a, ", count: 90) + "]}\n",
    ])
    func keysThatAreComparedAreBounded(text: String) throws {
        let seconds = processorSeconds {
            let error = #expect(throws: RecordError.self) { try read(text) }
            #expect(error?.message.contains("more keys than plad compares") == true, "\(error?.message ?? "")")
        }
        #expect(seconds < 5)
    }

    @Test func aThousandKeysAreRead() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("plad-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data((0..<1000).map { "prompt-\($0): 1\n" }.joined().utf8).write(to: file)
        #expect(try YAMLFile.read([String: Int].self, from: file).count == 1000)
    }

    @Test func theBytesThatAliasesStandForAreBounded() throws {
        let text = "a: &a \"\(String(repeating: "x", count: 500_000))\"\nb: [" + String(repeating: "*a, ", count: 20) + "]\n"
        let error = #expect(throws: RecordError.self) { try read(text) }
        #expect(error?.message.contains("more than 4194304 bytes of text") == true, "\(error?.message ?? "")")
        #expect(try read(text.replacing(String(repeating: "*a, ", count: 20), with: "*a, *a"))["b"]?.array?.count == 2)
    }

    /// A key of one letter with marks without end above and below it: to hash it takes time that grows with the square of its length.
    @Test(arguments: ["\\u0301", "\u{301}"], ["\\u0323", "\u{323}"])
    func aKeyOfOneEndlessCharacterIsRefused(above: String, below: String) throws {
        let text = "\"a" + String(repeating: above, count: 60_000) + String(repeating: below, count: 60_000) + "\": 1\n"
        let seconds = processorSeconds {
            let error = #expect(throws: RecordError.self) { try read(text) }
            #expect(error?.message.contains("a character of more than 1000 bytes") == true, "\(error?.message ?? "")")
        }
        #expect(seconds < 5)
    }

    @Test(arguments: [
        bomb(30, 2) + "? *a30\n: 1\n", bomb(30, 2) + "*a30 : 1\n", bomb(30, 2) + "[*a30, x]: 1\n", bomb(30, 2) + "[\"x\", *a30]: 1\n",
        bomb(30, 2) + "b: {[*a30]:1}\n", bomb(30, 2) + "b: { ? [*a30] : 1 }\n",
        bomb(30, 2) + "b:\n  - ? [*a30]\n    : 2\n",
    ])
    func aKeyThatHoldsAnAliasIsRefused(text: String) throws {
        let error = #expect(throws: RecordError.self) { try read(text) }
        #expect(error?.message.contains("a key that is or holds an alias") == true)
    }

    /// What looks for such keys takes time that grows with the text, whatever it is.
    @Test(arguments: [
        "x: &a 1\ny: " + String(repeating: "[*", count: 200_000), "x: &a 1\ny: *a\n" + String(repeating: "\n", count: 1_000_000),
        "x: &a 1\n" + String(repeating: "{*a", count: 100_000) + String(repeating: "}", count: 100_000),
        "x: &a 1\n" + String(repeating: "- ", count: 300_000) + "?",
    ])
    func keysAreLookedAtInTimeThatGrowsWithTheText(text: String) {
        let seconds = processorSeconds { _ = try? read(text) }
        #expect(seconds < 5)
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000), "a: " + String(repeating: "{a: ", count: 5000),
    ])
    func nestingIsBounded(text: String) throws {
        #expect(throws: RecordError.self) { try read(text) }
    }

    @Test func aFileIsBounded() throws {
        let error = #expect(throws: RecordError.self) { try read("a: " + String(repeating: "x", count: YAMLFile.mostBytes)) }
        #expect(error?.message.contains("more than the 1048576 that settings may have") == true)
    }

    @Test func aliasesInMeasureAreRead() throws {
        #expect(try read("a: &a {x: 1}\nb:\n  <<: *a\n  y: \"**{{prompt}}**: *so*\"\nc: [*a, *a]\n")["c"] == [["x": 1], ["x": 1]])
        #expect(try read("# nothing\n") == [:])
        #expect(try read("a: 'x & *y'\nb: 1\n")["a"] == "x & *y")
        #expect(try read("a: &a 1\nb: {x: *a, y: [*a]}\nc: really? yes\n")["b"] == ["x": 1, "y": [1]])
    }
}
