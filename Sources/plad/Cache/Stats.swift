import ArgumentParser
import PladCache
import PladRecords

extension CacheCommand {
    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Count recorded answers by teacher, model and finish reason.")

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Print as JSON.")
        var json = false

        func run() throws {
            let statistics = try file.open().statistics()
            if json { return try Console.result(line: statistics) }
            Console.result("\(statistics.answers) answers, \(statistics.attempts) requests on the wire, \(statistics.bytes) bytes")
            for group in statistics.groups {
                Console.result(
                    "\(group.answers) \(group.finishReason.rawValue) of \(group.model ?? "an unnamed model") at \(group.teacher): "
                        + "\(group.promptTokens) prompt tokens, \(group.completionTokens) completion tokens")
            }
        }
    }
}
