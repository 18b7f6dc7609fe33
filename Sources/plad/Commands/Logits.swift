import ArgumentParser
import Foundation
import PladDistill
import PladRecords
import PladStudent
import PladTraining

struct Logits: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a local teacher's likeliest tokens at every position of some texts to a file.",
        discussion: """
            Each position keeps the fewest likeliest tokens that together reach --top-p, then at most --top-k of them, with their \
            log-probabilities and the mass left out: what plad pretrain --logits learns from, in as many trainings as you like. A file \
            that is there already gets the texts that it lacks. An interrupted command goes on when it is run again. The format is in \
            docs/formats.md.
            """)

    @Option(help: ArgumentHelp("The teacher: a Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var teacher: String

    @Option(
        help: ArgumentHelp(
            "JSON lines {\"text\"}, plain text (a text a line), or the folder of a run: its prompts with the teacher's completions.",
            valueName: "file"))
    var texts: String

    @Option(help: "The share of the probability that the kept tokens reach; 1 leaves it to --top-k.")
    var topP = 0.95

    @Option(help: "The largest number of tokens kept at a position.")
    var topK = 50

    @Option(help: "The largest number of tokens of a text; longer ones are cut. By default a text longer than the context is an error.")
    var window: Int?

    @Option(help: "The number of processor threads. By default all.")
    var threads: Int?

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var out: String

    @Flag(help: "Print what was written as JSON.")
    var json = false

    func run() async throws {
        let summary = try await CancellableWork.run { [self] in
            let stage = try LogitsStage(
                teacher: try StudentLocation.resolve(teacher), truncation: Truncation(topP: topP, topK: topK),
                threads: try threadCount(threads), observer: ConsoleObserver())
            return try stage(texts, window: window, out: URL(fileURLWithPath: out))
        }
        if summary.shortTexts > 0 { Console.stage("logits", "\(summary.shortTexts) texts have fewer than two tokens and are left out") }
        if summary.repeatedTexts > 0 { Console.stage("logits", "\(summary.repeatedTexts) texts stand there twice and are kept once") }
        Console.stage(
            "logits",
            "\(summary.texts) texts, \(summary.reused) of them from the file; it has \(summary.positions) positions of "
                + String(
                    format: "%.1f tokens, %.1f bytes each", Double(summary.keptTokens) / Double(max(1, summary.positions)),
                    summary.bytesPerToken))
        if json { try Console.result(line: summary) } else { Console.result(out) }
    }
}
