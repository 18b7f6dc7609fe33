import ArgumentParser
import Foundation
import PladDistill
import PladRecords
import PladTensor

/// The `plad` command and its exit statuses.
@main
struct Plad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plad",
        abstract: "Distil a remote teacher that returns only text into a small local student.",
        discussion: """
            plad distill asks the teacher, trains the student on its completions, ranks them above the student's samples, and \
            measures the student on held-out prompts. Every completion is stored, so the run replays offline.
            """,
        version: "plad \(version)",
        groupedSubcommands: [
            CommandGroup(name: "Loop", subcommands: [Distill.self, SweepCommand.self]),
            CommandGroup(
                name: "Stage",
                subcommands: [
                    Teach.self, WarmUp.self, SampleCommand.self, Pair.self, Train.self, Evaluate.self, Report.self, Watch.self,
                    Compare.self,
                ]),
            CommandGroup(name: "White box", subcommands: [Logits.self, Pretrain.self]),
            CommandGroup(name: "Recording", subcommands: [CacheCommand.self, BatchCommand.self]),
            CommandGroup(
                name: "Model",
                subcommands: [
                    Pull.self, Convert.self, Export.self, Serve.self, MockTeacherCommand.self, Score.self, RougeCommand.self, Tokenize.self,
                    Init.self, Inspect.self,
                    Bench.self,
                ]),
        ])

    static let version = Version.current

    static func main() async {
        Console.holdClosedStreams()
        Interruption.install()
        signal(SIGPIPE, SIG_IGN)
        BusErrorHandler.install()
        Foundation.exit(await status(of: Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs the command line, prints its error if it fails, and returns its exit status. Leaves no temporary file.
    private static func status(of arguments: [String]) async -> Int32 {
        var settings = ConfigFile()
        do {
            do { try KernelPath.check() } catch { throw ValidationError("\(error)") }
            if arguments.first == "help", let unknown = NearCommand.complaint(about: arguments) {
                throw ValidationError(unknown.complaint)
            }
            let arguments = NegativeNumbers.joined(to: arguments)
            settings = try ConfigFile(in: arguments)
            let expanded = try settings.expanding(arguments)
            try FlagBounds.check(expanded)
            try await run(arguments: expanded)
            try Console.flush()
            return 0
        } catch {
            let errorLine = ErrorLine(error)
            // A command that has said what is wrong ends with a status alone.
            if !errorLine.line.isEmpty { Console.say("plad: \(settings.place(of: errorLine))\(errorLine.line)".printableLine) }
            return errorLine.status
        }
    }

    /// Runs a command, or prints the requested help or version.
    private static func run(arguments: [String]) async throws {
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch  where !(error is any Failure) && exitCode(for: error).isSuccess {
            Console.result(fullMessage(for: error).trimmingSuffix("\n"))
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        var text = self
        while text.hasSuffix(suffix) { text.removeLast(suffix.count) }
        return text
    }
}
