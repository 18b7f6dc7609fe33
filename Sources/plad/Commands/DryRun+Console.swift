import PladDistill
import PladRecords
import PladTeacher
import PladTraining

extension DryRun {
    /// Prints the number of requests and their cost; starts nothing.
    static func show(_ settings: DistillSettings, json: Bool) async throws {
        let run = try Run(settings, observer: ConsoleObserver(), isRehearsal: true)
        let result = try await DryRun(run)
        if json { return try Console.result(line: result) }
        for line in result.sentences(run.settings) { Console.result(line) }
    }

    private func sentences(_ settings: DistillSettings) -> [String] {
        let open = inBatch == 0 ? "" : "\(inBatch) in open batches, "
        var lines = ["\(wanted) completions: \(cached) in the cache or asked once for several, \(open)\(toAsk) to ask"]
        if let pairs = settings.prompts.pairs {
            lines.append("pairs      \(pairs) are wanted: further prompts are asked in place of completions that cannot be used")
        }
        var training = ["training   \(warmUpSteps) steps of warm-up, \(settings.optimiser.batchSize ?? 32) completions each"]
        if let trainingBytes { training[0] += "; at most \(MemoryPlan.text(trainingBytes)) of memory" }
        guard toAsk > 0 else { return lines + training }
        lines.append(
            "tokens     \(promptTokensAtLeast) to \(promptTokensAtMost) of prompts, "
                + (completionTokensAtMost.map { "up to \($0) of completions" } ?? "completions without a limit"))
        let table = settings.teacher.price == nil ? "plad's table of \(PriceTable.known.date)" : "--price"
        let source = table + (settings.teacher.batch ? ", of which a batch costs half" : "")
        switch (dollarsAtLeast, dollarsAtMost) {
        case (let least?, let most?): lines.append("cost       \(Money(dollars: least)) to \(Money(dollars: most)), by \(source)")
        case (let least?, nil): lines.append("cost       \(Money(dollars: least)) or more, by \(source)")
        default: lines.append("cost       unknown: give --price in,out in dollars per million tokens")
        }
        return lines + training
    }
}
