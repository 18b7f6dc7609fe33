import ArgumentParser
import Foundation
import PladDistill
import PladRecords
import PladStudent
import PladTokenizer

struct Tokenize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Convert text to a student's token ids, or back.",
        discussion: """
            Reads JSON lines {"text"} and prints {"ids","ids_no_special"}: with the special tokens that the tokenizer adds, \
            and without. With --decode reads {"ids"} and prints {"text","text_no_special"}.
            """)

    @Option(help: ArgumentHelp("A folder with tokenizer.json, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var student: String?

    @Option(help: ArgumentHelp("The file of JSON lines, or - for standard input.", valueName: "file"))
    var input = "-"

    @Flag(help: "Convert ids to text.")
    var decode = false

    func run() throws {
        let name = try student.given("student", "a folder with tokenizer.json or org/name")
        let tokenizer = try Tokenizer(folder: try StudentLocation.tokenizer(name))
        let (data, source) = try Input.read(input)
        if decode {
            for line in try JSONLines.parse(IDsLine.self, data, name: source, isWritten: true) {
                if let wrong = line.ids.first(where: { tokenizer.token(of: $0) == nil }) {
                    throw RecordError(.malformed, "\(source): the tokenizer of \(name) has no token of id \(wrong)")
                }
                try Console.result(
                    line: DecodedLine(
                        text: tokenizer.decode(line.ids, skipSpecialTokens: false),
                        textNoSpecial: tokenizer.decode(line.ids, skipSpecialTokens: true)))
            }
        } else {
            for line in try JSONLines.parse(TextLine.self, data, name: source, isWritten: true) {
                try Console.result(
                    line: EncodedLine(
                        ids: tokenizer.encode(line.text, addSpecialTokens: true),
                        idsNoSpecial: tokenizer.encode(line.text, addSpecialTokens: false)))
            }
        }
    }
}

private struct TextLine: Decodable {
    var text: String
}

private struct IDsLine: Decodable {
    var ids: [TokenID]
}

private struct EncodedLine: Encodable {
    var ids: [TokenID]
    var idsNoSpecial: [TokenID]
}

private struct DecodedLine: Encodable {
    var text: String
    var textNoSpecial: String
}
