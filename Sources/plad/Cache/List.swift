import ArgumentParser
import Foundation
import PladCache
import PladRecords

extension CacheCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "ls", abstract: "List recorded completions, the newest last.")

        @OptionGroup var file: CacheFileOptions

        @Option(help: "The number of the newest ones to list; 0 lists all.")
        var limit = 20

        @Flag(help: "Print a recording's JSON lines.")
        var json = false

        func run() throws {
            let answers = try file.open().list(limit: limit > 0 ? limit : nil)
            if json {
                for answer in answers { try Console.result(answer.recording(withTimes: true).canonical) }
                return
            }
            for answer in answers {
                let columns = [
                    answer.key.short, (answer.model ?? "?").fitted(to: 20), answer.finishReason.rawValue.fitted(to: 8),
                    "\(answer.usage?.completionTokens ?? 0)".leftFitted(to: 6), answer.question.fitted(to: 80),
                ]
                Console.result(columns.joined(separator: "  "))
            }
        }
    }
}

extension StoredCompletion {
    /// Prompt in one line: the last message, else the whole body.
    var question: String {
        let body = try? JSONValue(parsing: Data(request.utf8))
        let text = body?["messages"]?.array?.last?["content"]?.string ?? body?["prompt"]?.string ?? request
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension String {
    /// The text in exactly so many letters: cut with an ellipsis, or filled with spaces.
    fileprivate func fitted(to width: Int) -> String {
        count > width ? prefix(width - 1) + "…" : self + String(repeating: " ", count: width - count)
    }

    fileprivate func leftFitted(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
