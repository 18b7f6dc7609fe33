import ArgumentParser
import Foundation
import PladDistill

/// The argument that names the run of a stage's command.
struct RunArgument: ParsableArguments {
    @Option(name: .customLong("run"), help: ArgumentHelp("The run's folder, made by plad distill or plad teach.", valueName: "run"))
    var path: String

    func open() throws -> Run { try Run(in: path).locked() }
}

struct WarmUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warm-up", abstract: "Fine-tune a run's student on the teacher's completions.")

    @OptionGroup var folder: RunArgument

    func run() async throws {
        let run = try folder.open()
        try await CancellableWork.run { try await WarmUpStage(run: run)() }
    }
}

struct Pair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Build a run's preference pairs from the teacher's completions and the student's samples.")

    @OptionGroup var folder: RunArgument

    func run() async throws {
        let run = try folder.open()
        try await CancellableWork.run { try await PairStage(run: run, round: run.nextRound)() }
    }
}

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Write a run's report.html from its records.")

    @OptionGroup var folder: RunArgument

    @Flag(help: "Open the page in the browser.")
    var open = false

    func run() throws {
        let run = try folder.open()
        try ReportStage(run: run)()
        Console.result(run.folder.report.path)
        if open { try Browser.open(run.folder.report.path) }
    }
}
