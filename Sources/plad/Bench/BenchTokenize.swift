import ArgumentParser
import Foundation
import PladRecords
import PladStudent
import PladTokenizer

struct BenchTokenize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Measure how fast a tokenizer encodes a text, on one thread.",
        discussion: "The text is split into texts of equal length, which are encoded one after the other; 0 keeps it whole.")

    @Option(help: ArgumentHelp("A folder with tokenizer.json.", valueName: "dir"))
    var student: String

    @Option(help: ArgumentHelp("The text, UTF-8.", valueName: "file"))
    var text: String

    @Option(help: "Characters of a text.")
    var length = 2000

    @Option(help: "The number of measurements, after one that is not counted.")
    var repeats = 5

    @Flag(help: "Print one line of JSON.")
    var json = false

    func validate() throws {
        guard length >= 0 else { throw ValidationError("--length \(length): give 0 or more") }
        try BenchOptions.require(("repeats", repeats))
    }

    func run() throws {
        let clock = ContinuousClock()
        var read: Tokenizer?
        let reading = try clock.measure { read = try Tokenizer(folder: URL(fileURLWithPath: student)) }
        guard let tokenizer = read else { preconditionFailure("measured, but not run") }
        let data = try Data(reading: URL(fileURLWithPath: text))
        guard let whole = String(bytes: data, encoding: .utf8) else { throw RecordError(.malformed, "\(text) is not UTF-8") }
        let texts = length == 0 ? [whole] : Self.cut(whole, length: length)
        func encode() -> Int { texts.reduce(0) { $0 + tokenizer.encode($1, addSpecialTokens: false).count } }
        let tokens = encode()
        let seconds = try (0..<repeats).map { _ in
            try Interruption.check()
            return clock.measure { _ = encode() }.inSeconds
        }
        try Report(
            command: "tokenize", texts: texts.count, bytes: data.count, tokens: tokens, seconds: seconds.median,
            megabytesPerSecond: Double(data.count) / seconds.median / 1e6, secondsToRead: reading.inSeconds
        ).show(json: json)
    }

    /// The text cut into pieces of `length` Unicode scalars; the last may be shorter.
    private static func cut(_ text: String, length: Int) -> [String] {
        var texts: [String] = []
        var rest = text.unicodeScalars[...]
        while !rest.isEmpty {
            texts.append(String(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return texts
    }

    private struct Report: Encodable {
        var command: String
        var texts: Int
        var bytes: Int
        var tokens: Int
        /// Median time for all texts, in seconds.
        var seconds: Double
        var megabytesPerSecond: Double
        /// Time to read the tokenizer's files, in seconds.
        var secondsToRead: Double

        func show(json: Bool) throws {
            guard !json else { return try Console.result(line: self) }
            Console.result(
                String(
                    format: "tokenize, %d texts, %.1f MB, %d tokens\nMB/s          %.1f\ntokens/s      %.0f\ns to read     %.3f", texts,
                    Double(bytes) / 1e6, tokens, megabytesPerSecond, Double(tokens) / seconds, secondsToRead))
        }
    }
}
