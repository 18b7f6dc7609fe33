import ArgumentParser
import Foundation
import PladCache
import PladDistill
import PladRecords
import PladTeacher

extension CacheCommand {
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the key of a prompt's completion, and if it is missing from the cache, the nearest one.",
            discussion: """
                Takes the settings of the run that asks: --run RUN reads them from a run. Without --id it looks at every prompt \
                and lists those that are missing.
                """)

        @Option(name: .customLong("run"), help: ArgumentHelp("The run with the settings and prompts.", valueName: "run"))
        var path: String

        @Option(help: ArgumentHelp("The prompt, by its id.", valueName: "id"))
        var id: String?

        @Option(help: "The index of the completion among those of the prompt, from 0.")
        var sample = 0

        @Option(help: ArgumentHelp("A cache other than the run's.", valueName: "file"))
        var cache: String?

        @Flag(help: "Print as JSON.")
        var json = false

        func run() async throws {
            if id == nil { try GivenFlags().refuse(["sample"], with: "every prompt", "it goes with --id") }
            let run = try Run(in: path)
            let settings = run.settings.teacher
            let teacher = try settings.resolved()
            let file = try CompletionCache(opening: cache.map { URL(fileURLWithPath: $0) } ?? settings.cacheFile, for: .reading)
            let wanted = run.wantedCompletions.filter { id == nil || $0.prompt.id == id && $0.sample == sample }
            guard !wanted.isEmpty else {
                throw UsageError("\(path) asks no prompt with the id \(id ?? "") and sample \(sample); see its prompts.jsonl")
            }
            var missing = 0
            for one in wanted {
                let request = teacher.request(
                    asking: run.wording.messages(for: one.prompt), run.teacherParameters, sample: one.sample)
                let explanation = try await file.explain(request)
                if explanation.state == .miss { missing += 1 }
                guard id != nil || explanation.state == .miss else { continue }
                if json {
                    try Console.result(line: explanation)
                } else if id == nil {
                    Console.result("\(one.prompt.id)  \(explanation.difference ?? "the cache is empty")")
                } else {
                    for (name, value) in explanation.facts {
                        Console.result(name.padding(toLength: 14, withPad: " ", startingAt: 0) + value)
                    }
                }
            }
            if id == nil { Console.say("\(wanted.count - missing) of \(wanted.count) completions are in \(file.file.path)") }
        }
    }
}

extension CompletionCache.Explanation {
    /// Names and values for a person.
    fileprivate var facts: [(String, String)] {
        var facts = [
            ("state", state.rawValue), ("key", key), ("version", String(CompletionKey.version)), ("dialect", dialect), ("teacher", teacher),
            ("path", path), ("sample", String(sample)), ("body", body),
        ]
        if let found { facts.append((state == .miss ? "nearest" : "found", found)) }
        if let difference { facts.append(("difference", difference)) }
        for attempt in attempts {
            facts.append(("attempt \(attempt.number)", attempt.sentence))
        }
        return facts
    }
}

extension FailedAttempt {
    /// Sentence with the attempt's time, result and consequence.
    var sentence: String {
        let when = Date(timeIntervalSince1970: Double(startedAt) / 1000).formatted(.iso8601)
        let next = wait.map { "again after \($0) ms" } ?? "not tried again"
        return "\(when)  \(fault) after \(duration) ms; \(next)"
    }
}
