import ArgumentParser
import Foundation
import PladCache
import PladDistill
import PladHTTP
import PladRecords
import PladTeacher

/// The command `plad batch …`: the batches that `--batch` submitted to providers.
struct BatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch", abstract: "List and cancel the batches that --batch has submitted.",
        subcommands: [List.self, Cancel.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ls", abstract: "List the batches of a cache, the oldest first, with their status at the last poll.")

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Print each batch as a line of JSON.")
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

    /// The JSON form of a batch.
    private struct Line: Encodable {
        /// Id of the provider; plad's own until the batch is known to be submitted.
        var id: String
        var isOpen: Bool
        /// Provider's status at the last request.
        var status: String?
        var rows: Int
        /// Time of creation, in seconds since 1970.
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
            abstract: "Cancel a batch at the provider, keep its completions so far, and free its other requests.",
            discussion:
                "Completions made until then are paid for and kept. The command waits until the provider has stopped, which may take minutes; after an interruption, run it again. The cache names the batch's address, and a cache may come from a stranger: keys are sent there only if --remote names the same address."
        )

        @Argument(help: "The batch's id, as plad batch ls prints it.")
        var id: String

        @OptionGroup var file: CacheFileOptions

        @Option(
            help: ArgumentHelp(
                "The batch's base URL, which lets a key go there. A provider's own variable, such as OPENAI_API_KEY, goes to that provider's own hosts without it.",
                valueName: "url"))
        var remote: String?

        @Option(
            help: ArgumentHelp(
                "A file of mode 0600 with the key, or - for standard input. By default PLAD_API_KEY of the environment.",
                valueName: "file"))
        var keyFile: String?

        @Flag(name: .customLong("plain-http"), help: "Allow sending the key over plain http to another machine.")
        var plainHTTP = false

        @Option(help: ArgumentHelp("A header to send, as 'Name: value'; may be repeated.", valueName: "header"))
        var header: [String] = []

        @Flag(
            help:
                "Do not contact the provider: free the requests, give up the completions, and count the reserved cost as in doubt. For a batch that cannot be reached."
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
                try GivenFlags().refuse(["remote", "key-file", "plain-http", "header"], with: "--forget", "the provider is asked nothing")
                try await cache.forget(batch)
                return Console.result("\(id)  forgotten: \(batch.rows) requests are free")
            }
            let endpoint = try Endpoint(batch.url, dialect: dialect)
            let run = try BatchRun(cache, endpoint, dialect, access(to: endpoint, dialect), observer: ConsoleObserver())
            let outcome = try await CancellableWork.run { try await run.cancel(batch) }
            let cost = outcome.paid.map { " for \($0)" } ?? ""
            Console.result(
                "\(id)  cancelled: \(outcome.answered.count) completions kept\(cost), \(batch.rows - outcome.answered.count) requests free")
        }

        /// The key for the batch's address, which a file names. Throws `TeacherError.keyWithheld` for a key of the user's that would go
        /// to an address not given by `--remote`.
        private func access(to endpoint: Endpoint, _ dialect: any Dialect) throws -> Access {
            var keys = KeySource(file: keyFile, allowsPlainHTTP: plainHTTP)
            if let remote {
                let named = try Endpoint(remote, dialect: dialect).origin
                guard named == endpoint.origin else {
                    throw UsageError("--remote \(remote): batch \(id) is at \(endpoint.origin); give that, if it may have the key")
                }
            } else {
                let variable = keys.variables.first { keys.environment[$0]?.isEmpty == false }
                let given = keyFile.map { "--key-file \($0)" } ?? header.first { $0.contains("${") }.map { _ in "--header" } ?? variable
                guard given == nil || given == variable && KeySource.hasKey(for: endpoint, in: keys.environment) else {
                    throw TeacherError(
                        .keyWithheld,
                        "batch \(id) is at \(endpoint.origin), as \(file.cache) says: give --remote \(endpoint.origin) to send it the key of \(given ?? "")"
                    )
                }
                keys.variables = []
            }
            let headers = try header.map { try HTTPHeader(line: $0, environment: keys.environment) }
            return try Access(to: endpoint, keys: keys, headers: headers)
        }
    }
}
