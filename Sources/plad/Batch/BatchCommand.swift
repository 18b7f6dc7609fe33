import ArgumentParser
import Foundation
import PladCache
import PladDistill
import PladRecords
import PladTeacher

/// `plad batch …`: the batches that `--batch` has handed to providers.
struct BatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch", abstract: "Look at, and cancel, the batches that --batch has submitted.",
        subcommands: [List.self, Cancel.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ls", abstract: "List the batches of a cache, the oldest first, as far as they were when last asked after.")

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Print each as a line of JSON.")
        var json = false

        func run() throws {
            for batch in try file.open().submissions() where batch.phase != .foreign {
                if json {
                    try Console.result(line: Line(batch))
                    continue
                }
                let made = Date(timeIntervalSince1970: TimeInterval(batch.madeAt)).formatted(.iso8601)
                let state = batch.phase == .intended ? "not sent" : batch.status ?? batch.phase.rawValue
                Console.result("\(batch.id)  \(state)  \(batch.rows) rows  \(made)  \(batch.url)")
            }
        }
    }

    /// A batch, as --json prints it.
    private struct Line: Encodable {
        /// The provider's; before it is known to be sent, plad's own.
        var id: String
        var isOpen: Bool
        /// The provider's word when it was last asked.
        var status: String?
        var rows: Int
        /// Seconds since 1970.
        var madeAt: Int64
        var dialect: String
        var teacher: String
        var url: String

        init(_ batch: Submission) {
            (id, isOpen, status, rows, madeAt) = (batch.id, batch.isOpen, batch.status, batch.rows, batch.madeAt)
            (dialect, teacher, url) = (batch.dialect, batch.teacher, batch.url)
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a batch: stop it at the provider, keep what it has answered, free its other questions.",
            discussion:
                "Answers that are there by then are paid for and kept. It waits until the provider has stopped, which may take minutes; interrupted, it goes on when given again."
        )

        @Argument(help: "The batch, as plad batch ls prints it.")
        var id: String

        @OptionGroup var file: CacheFileOptions

        @Option(
            help: ArgumentHelp(
                "A file of mode 0600 with the key, or - for standard input. By default the environment's.", valueName: "file"))
        var keyFile: String?

        @Option(help: ArgumentHelp("A header to send, as 'Name: value'; may be repeated.", valueName: "header"))
        var header: [String] = []

        @Flag(
            help:
                "Ask the provider nothing: free the questions, give its answers up, and count what was set aside for it as in doubt. For a batch that is out of reach."
        )
        var forget = false

        func run() async throws {
            CoreDumps.switchOff()
            let cache = try file.open(for: .writing)
            guard let batch = try cache.submissions().first(where: { $0.id == id }) else {
                throw UsageError("\(file.cache) knows no batch \(id); plad batch ls lists them")
            }
            guard batch.isOpen, let dialect = Dialects.named(batch.dialect, remote: batch.url) else {
                throw UsageError("batch \(id) is over: there is nothing to cancel")
            }
            if let sender = batch.sender {
                throw UsageError("batch \(id) is being submitted by the process \(sender): stop that first")
            }
            if forget {
                try GivenFlags().refuse(["key-file", "header"], with: "--forget", "the provider is asked nothing")
                try await cache.forget(batch)
                return Console.result("\(id)  forgotten: \(batch.rows) questions are free")
            }
            let run = try BatchRun(
                cache, try Endpoint(batch.url, dialect: dialect), dialect,
                TeacherSettings.headers(for: dialect, keyFile: keyFile, given: header), observer: ConsoleObserver())
            let outcome = try await CancellableWork.run { try await run.cancel(batch) }
            let cost = outcome.paid.map { " for \($0)" } ?? ""
            Console.result(
                "\(id)  cancelled: \(outcome.answered.count) answers kept\(cost), \(batch.rows - outcome.answered.count) questions free")
        }
    }
}
