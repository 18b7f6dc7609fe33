import ArgumentParser
import PladCache
import PladRecords
import PladTeacher

extension CacheCommand {
    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Count recorded completions by teacher, model and finish reason.")

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Print as JSON.")
        var json = false

        func run() throws {
            let statistics = try file.open().statistics()
            if json { return try Console.result(line: statistics) }
            Console.result(
                "\(statistics.completions) completions, \(statistics.attempts) requests on the wire, \(statistics.failedAttempts) without a completion, \(statistics.bytes) bytes"
            )
            let account = statistics.account
            if account.total > .zero {
                Console.result(
                    "\(account.paid) paid, \(account.inDoubt) in doubt for requests that broke off, \(account.reserved) reserved for requests under way or lost, \(account.inBatches) for open batches"
                )
            }
            for group in statistics.groups {
                Console.result(
                    "\(group.completions) \(group.finishReason.rawValue) of \(group.model ?? "an unnamed model") at \(group.teacher): "
                        + "\(group.promptTokens) prompt tokens, \(group.completionTokens) completion tokens")
            }
        }
    }
}
