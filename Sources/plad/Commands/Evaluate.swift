import ArgumentParser
import Foundation
import PladDistill
import PladRecords
import PladReport

struct Evaluate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a run's student before, after warm-up and after ranking on the held-out prompts.",
        discussion: """
            Earlier measurements are kept: on a run that is evaluated already, a given judge is asked and added. Verdicts of \
            a remote judge are stored in the cache like the teacher's completions, and replay without network.

            With --compare, students and runs (their ranked students) complete the held-out prompts of one run, --run or the \
            first one named, and are compared with the first, prompt by prompt.
            """)

    @Option(name: .customLong("run"), help: ArgumentHelp("The run's folder, made by plad distill or plad teach.", valueName: "run"))
    var path: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Compare these students and runs on the same held-out prompts.", valueName: "dir"))
    var compare: [String] = []

    @OptionGroup(title: "Judge") var judge: JudgeOptions

    @Option(help: ArgumentHelp("The cache of completions. By default the run's --cache.", valueName: "file"))
    var cache: String?

    @Flag(help: "Use the cache only: no connection is made, a missing verdict is an error.")
    var replay = false

    @Option(
        help: ArgumentHelp(
            "The limit in dollars on the cost of the cache's completions. By default the run's --budget.", valueName: "dollars"))
    var budget: Double?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        if !compare.isEmpty { return try await compareStudents() }
        CoreDumps.switchOff()
        var run = try Run(in: try path.given("run", "the folder of a run, or students and runs to --compare")).locked()
        run.settings.evaluation.judge = try judge.settings
        try run.settings.evaluation.judge.validate()
        run.settings.teacher.cache = cache ?? run.settings.teacher.cache
        run.settings.teacher.budget = budget ?? run.settings.teacher.budget
        run.settings.teacher.replay = replay
        run.settings.teacher.refresh = false
        let evaluation = try await CancellableWork.run { [run] in try await EvaluateStage(run: run)() }
        if Files.exists(run.folder.report) { try ReportStage(run: run)() }
        try run.conclude(evaluation, json: json)
    }

    private func compareStudents() async throws {
        try GivenFlags().check("--compare", uses: ["compare", "run", "json"], "students are compared by measures alone, without a judge")
        guard compare.count > 1 else { throw UsageError("--compare \(compare[0]): name at least two students or runs") }
        let comparison = try Comparison(compare, on: path, observer: ConsoleObserver())
        let evaluation = try await CancellableWork.run { try await comparison() }
        if json { return try Console.result(line: evaluation) }
        Console.result(ClosingTable.render(comparison: evaluation))
    }
}
