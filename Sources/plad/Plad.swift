import ArgumentParser
import Foundation
import PladRecords

/// The `plad` command and its exit statuses.
@main
struct Plad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plad",
        abstract: "Distil a remote teacher that returns only text into a small local student.",
        discussion: """
            plad distill asks the teacher, trains the student on its answers, ranks them above the student's own, and \
            shows on held-out prompts whether the student got better. Every answer is kept, so the run replays offline.
            """,
        version: "plad \(version)",
        groupedSubcommands: [
            CommandGroup(name: "Loop", subcommands: [Distill.self, Sweep.self]),
            CommandGroup(
                name: "Stage",
                subcommands: [
                    Teach.self, WarmUp.self, SampleCommand.self, Pair.self, Train.self, Evaluate.self, Report.self, Watch.self,
                    Compare.self,
                ]),
            CommandGroup(name: "Recording", subcommands: [CacheCommand.self, BatchCommand.self]),
            CommandGroup(
                name: "Model",
                subcommands: [
                    Pull.self, Serve.self, MockTeacherCommand.self, Score.self, RougeCommand.self, Tokenize.self, Init.self, Inspect.self,
                    Bench.self,
                ]),
        ])

    static let version = "0.1.0"

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        LostFile.install()
        Interruption.install()
        do {
            let arguments = try ConfigFile.expand(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            guard fflush(nil) == 0 else {
                throw RecordError(.unwritable, "cannot write the results to standard output: \(String(cString: strerror(errno)))")
            }
        } catch let failure as any Failure {
            Console.say("plad: \(failure.message)")
            Foundation.exit(failure.exitStatus.rawValue)
        } catch is CancellationError {
            Console.say("plad: \(Interrupted().message)")
            Foundation.exit(ExitStatus.interrupted.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
