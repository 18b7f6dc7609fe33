import Foundation
import PladRecords
import Testing

@Suite struct TextFileTests {
    private func read(_ text: String) throws -> [PlainText] { try TextFile.parse(Data(text.utf8), name: "texts") }

    @Test func jsonLinesAndPlainLinesAreTexts() throws {
        #expect(
            try read("{\"text\":\"Once\\nthere\"}\n\n{\"id\":7,\"text\":\"was\",\"source\":\"x\"}\n{\"text\":\"\"}\n")
                == [PlainText(id: "line-1", text: "Once\nthere"), PlainText(id: "7", text: "was")])
        #expect(
            try read("Once there\r\n\n  was a ship.\n")
                == [PlainText(id: "line-1", text: "Once there"), PlainText(id: "line-3", text: "  was a ship.")])
        #expect(try read("\u{FEFF}Once").map(\.text) == ["Once"])
        #expect(try read("").isEmpty && read("\n \n").isEmpty)
    }

    @Test(arguments: [
        ("{\"text\":\"a\"}\n{\"prompt\":\"b\"}", "texts:2: has no \"text\""), ("{\"text\":1}", "texts:1: has no \"text\""),
        ("{\"text\":\"a\"}\n{\"text\"", "texts:2: "), ("a\0b", "texts holds bytes of zero"),
    ]) func whatIsNoTextIsRefusedByItsLine(text: String, message: String) throws {
        let error = #expect(throws: RecordError.self) { try read(text) }
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }

    @Test func bytesThatAreNoUTF8AreRefused() throws {
        #expect(throws: RecordError.self) { try TextFile.parse(Data([0x61, 0x0a, 0xff, 0x62]), name: "texts") }
    }
}
