import ArgumentParser
import Foundation
import PladDistill

struct Distill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the teacher, train the student on its completions, rank them above the student's samples, evaluate, report.",
        discussion: """
            A run is a folder. The same command run again continues where it stopped; with --replay it needs no network. \
            Every flag can stand in a --config file, without its dashes: "margin: 2".
            """)

    @OptionGroup var options: DistillOptions

    @Flag(help: "Print the settings as a --config file and stop.")
    var printConfig = false

    @Flag(help: "Print the number of completions in the cache, the number to ask for and the cost, and send nothing.")
    var dryRun = false

    func run() async throws {
        if printConfig { try GivenFlags().refuse(["dry-run"], with: "--print-config", "the settings are printed and nothing is looked up") }
        var settings = try options.settings
        if dryRun { return try await DryRun.show(settings, json: options.run.json) }
        if printConfig {
            try settings.ranking.fill()
            return Console.result(try SettingFlags.yaml(of: settings))
        }
        CoreDumps.switchOff()
        let distillation = try Distillation(settings, observer: ConsoleObserver())
        let evaluation = try await CancellableWork.run { try await distillation() }
        try distillation.run.conclude(evaluation, json: options.run.json)
    }
}

struct Teach: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start a run: ask the teacher every prompt, and store the completions.",
        discussion: "Takes the settings of plad distill; later stages read them from the run.")

    @OptionGroup var options: DistillOptions

    @Flag(help: "Print the number of completions in the cache, the number to ask for and the cost, and send nothing.")
    var dryRun = false

    func run() async throws {
        if !dryRun { try GivenFlags().refuse(["json"], with: "plad teach", "it prints no result; --dry-run does") }
        let settings = try options.settings
        if dryRun { return try await DryRun.show(settings, json: options.run.json) }
        CoreDumps.switchOff()
        let run = try Run(settings, observer: ConsoleObserver(), needsStudent: false)
        try await CancellableWork.run { try await TeachStage(run: run)() }
    }
}
