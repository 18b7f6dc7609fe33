import Foundation
import PladCache
package import PladRecords
import PladTeacher
import PladTraining

/// Asks the teacher every prompt, training and held-out, and stores the completions.
///
/// Reads prompts.jsonl; writes teacher.jsonl, its drops and teach.json. Each completion is in the cache before it counts, so a stopped
/// run asks only for the missing ones again. Every wanted completion ends in exactly one recorded state.
package struct TeachStage {
    let run: Run

    private var settings: TeacherSettings { run.settings.teacher }

    package init(run: Run) { self.run = run }

    package func callAsFunction() async throws {
        guard !Files.exists(run.folder.teacher) else { return try tellDoneBefore() }
        if settings.samples > 1, settings.temperature == 0 {
            run.observer.notice(
                "teach", "\(settings.samples) completions of a prompt at `teacher.temperature` 0 are likely the same; raise it")
        }
        try await teach(until: run.enoughCompletions, settings)
    }

    private func tellDoneBefore() throws {
        let drops = Files.exists(run.folder.drops) ? try JSONLines.read(Drop.self, from: run.folder.drops) : []
        let left = drops.count { TeachOutcome.dropped($0).isUnanswered }
        let name = run.folder.url.path
        if left > 0 {
            run.observer.notice("teach", "\(name) continued without \(left) prompts that got no completion; a new `run.folder` asks them")
        }
        run.observer.doneBefore("teach")
        if settings.refresh {
            run.observer.notice("teach", "\(name) has its completions already; `teacher.refresh` asks again in a new `run.folder`")
        }
    }

    /// Asks further prompts, in order, for so many more usable completions, in runs that ask only as many as their pairs need. Returns
    /// false if every prompt has been asked.
    func goOn(by more: Int) async throws -> Bool {
        let usable = try JSONLines.read(TeacherCompletion.self, from: run.folder.teacher).count { $0.split == .train }
        let drops = try JSONLines.read(Drop.self, from: run.folder.drops).filter { $0.stage == .teach && $0.split == .train }
        let spent = drops.count { drop in
            drop.state != .interrupted && (settings.skipFailed || !TeachOutcome.dropped(drop).isUnanswered)
        }
        guard usable + spent < run.wantedCompletions.count(where: { $0.split == .train }) else { return false }
        // What was asked before is there, fresh or not: asking it once more would change what the warm-up has seen.
        var recording = settings
        recording.refresh = false
        try await teach(until: usable + more, recording)
        return try JSONLines.read(TeacherCompletion.self, from: run.folder.teacher).count { $0.split == .train } > usable
    }

    /// - Parameter enough: number of usable completions of training prompts after which no more are asked; nil asks every prompt.
    private func teach(until enough: Int?, _ settings: TeacherSettings) async throws {
        let unfit = try run.check()
        let all = run.wantedInOrder
        let teacher =
            try await settings.batch
            ? run.batchedTeacher(for: all.filter { !unfit.contains($0.prompt.id) })
            : CachedTeacher(settings, run: run.record.id, observer: run.observer)
        let plan = TeachPlan(all, unfit: unfit, until: enough, skipsFailed: settings.skipFailed)
        let (asked, end) = await ask(plan, teacher, settings)
        let wanted = all.prefix(asked.count)
        let outcomes = zip(wanted, asked).sorted { $0.0.place < $1.0.place }.map(\.1)
        let drops = outcomes.compactMap(\.drop)
        do {
            try run.folder.record(drops) { $0.stage == .teach }
            // Not in this task, which may be cancelled: what was paid is written down all the same.
            try summarize(outcomes, await Task { await teacher.spent() }.value)
        } catch {
            // Where the disk is full, what ended the asking is what a person needs to hear.
            throw end ?? error
        }
        if let end { throw end }
        // Where so many pairs suffice, an empty budget is an end like any other.
        let unanswered = drops.filter { TeachOutcome.dropped($0).isUnanswered && (enough == nil || $0.state != .overBudget) }
        guard unanswered.isEmpty || settings.skipFailed else {
            throw UnansweredError(drops: unanswered, wanted: wanted.count, settings: settings)
        }
        let completions = outcomes.compactMap(\.completion)
        guard completions.contains(where: { $0.split == .train }) else {
            throw RecordError(
                .malformed, "none of the \(drops.count) completions can be used, for example \(drops[0].id): \(drops[0].detail)")
        }
        try JSONLines.write(completions, to: run.folder.teacher)
    }

    /// Asks until enough completions are usable. Returns one outcome for each completion, in order, and the error that ended the requests
    /// early, because every other question would meet it too or the task was cancelled.
    private func ask(
        _ plan: TeachPlan, _ teacher: CachedTeacher, _ settings: TeacherSettings
    ) async -> ([TeachOutcome], end: (any Error)?) {
        let (parameters, wanted) = (run.teacherParameters, plan.wanted)
        var plan = plan
        var meter = WorkMeter(run.observer, "teach", of: wanted.count, "completions")
        var end: (any Error)?
        var waiting: Task<Void, any Error>?
        defer { waiting?.cancel() }
        await withTaskGroup(of: [(Int, Result<TeachOutcome, any Error>)].self) { group in
            func start() {
                guard let samples = plan.next() else { return }
                let messages = run.wording.messages(for: wanted[samples.lowerBound].prompt)
                group.addTask {
                    let numbers = wanted[samples.lowerBound].sample...wanted[samples.upperBound - 1].sample
                    let completions = await teacher.completions(of: messages, parameters, samples: Range(numbers))
                    return zip(samples, completions).map { index, completion in
                        (index, Result { try wanted[index].outcome(of: completion, settings) })
                    }
                }
            }
            // Requests that wait to be tried again hold no place on the wire, so more are started than fit there.
            for _ in 0..<max(256, 4 * settings.concurrency) { start() }
            for await results in group {
                for (index, result) in results {
                    switch result {
                    case .success(let outcome):
                        plan.record(outcome, at: index)
                        meter.advance(to: plan.done, note: "\(plan.cached) from the cache")
                    case .failure(let error as TeacherError) where settings.skipFailed && error.code == .down && plan.isLastToFail:
                        // Of an endpoint that has answered everything else, the last prompts fail, not the endpoint.
                        plan.record(wanted[index].outcome(of: error, kind: error.code.rawValue), at: index)
                    case .failure(let error):
                        // What was cancelled because of the first error says nothing of its own.
                        if end == nil || end is CancellationError && !(error is CancellationError) { end = error }
                        if let error = error as? TeacherError {
                            plan.recordEnd(wanted[index].outcome(of: error, kind: error.code.rawValue), at: index)
                        }
                        group.cancelAll()
                        waiting = waiting ?? tellOfWait(for: teacher)
                    }
                }
                for _ in results where end == nil && !Task.isCancelled { start() }
            }
        }
        if end == nil || plan.done > 0 { meter.end() }
        if end == nil, Task.isCancelled { end = CancellationError() }
        return (plan.result, end)
    }

    /// Reports the requests that are awaited after an error ended the asking, if that takes a while.
    private func tellOfWait(for teacher: CachedTeacher) -> Task<Void, any Error> {
        Task {
            try await Task.sleep(for: .seconds(2))
            let count = teacher.requestsUnderWay
            if count > 0 { run.observer.observe(.awaitsRequests(count)) }
        }
    }

    /// Writes teach.json and reports the outcomes.
    private func summarize(_ outcomes: [TeachOutcome], _ usage: RunUsage) throws {
        var summary = TeachSummary()
        summary.wanted = outcomes.count
        for outcome in outcomes { summary.states[outcome.state, default: 0] += 1 }
        for kind in outcomes.compactMap({ $0.drop?.kind }) { summary.failures[kind, default: 0] += 1 }
        summary.models = usage.models
        summary.fingerprints = usage.fingerprints
        if Files.exists(run.folder.teach), let earlier = try JSONLines.read(TeachSummary.self, from: run.folder.teach).first {
            summary.wire = earlier.wire
        }
        summary.wire.add(usage)
        try JSONLines.write([summary], to: run.folder.teach)
        // Where nothing was answered the error says it all.
        guard outcomes.contains(where: { !$0.isUnanswered }) else { return }
        run.observer.notice("teach", summary.sentence)
        let cut = outcomes.count { $0.completion?.cut != nil }
        if cut > 0 {
            run.observer.notice("teach", "control text of a chat format was cut off \(cut) completions; their records name it in \"cut\"")
        }
        let broken = outcomes.compactMap(\.completion).filter { $0.text.unicodeScalars.contains("\u{FFFD}") }
        if let first = broken.first {
            run.observer.notice(
                "teach",
                "\(broken.count) completions hold \u{FFFD}, which stands for bytes or half characters that are no text; the first is of \(first.id)"
            )
        }
        for (what, counts) in [("model", summary.models), ("fingerprint", summary.fingerprints)] where counts.count > 1 {
            let names = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) (\($0.value))" }
            run.observer.notice("teach", "the teacher's \(what) changed under way: \(names.joined(separator: ", "))")
        }
    }
}

extension TeachSummary {
    /// Sentence with the number of completions, their outcomes and the cost.
    fileprivate var sentence: String {
        let order = ["answered", "batched", "cached"] + Drop.State.allCases.map(\.rawValue)
        let parts = order.compactMap { state in states[state].map { "\($0) \(state)" } }
        let kinds = failures.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        var text = "\(wanted) completions: \(parts.joined(separator: ", "))"
        if !kinds.isEmpty { text += " (\(kinds.joined(separator: ", ")))" }
        if wire.completions > 0 {
            text += "; \(wire.attempts) requests, \(wire.promptTokens) + \(wire.completionTokens) tokens"
            if let dollars = wire.dollars { text += ", \(Money(dollars: dollars))" }
            if let dollars = wire.dollarsInDoubt { text += " and at most \(Money(dollars: dollars)) for requests that broke off" }
        }
        return text
    }
}

extension Run {
    /// Every prompt but the unpaid ones, once for each wanted completion, in the prompts' order.
    package var wantedCompletions: [WantedCompletion] {
        let all = prompts.filter { $0.split != .unpaid }.flatMap { item in
            let count = item.split == .train ? settings.teacher.samples : 1
            return (0..<count).map { (item, $0) }
        }
        return all.enumerated().map { WantedCompletion(place: $0, prompt: $1.0.prompt, split: $1.0.split, sample: $1.1) }
    }

    /// The completions in the order of asking: held-out ones first, which are always asked; then the others as far as needed.
    var wantedInOrder: [WantedCompletion] {
        wantedCompletions.filter { $0.split != .train } + wantedCompletions.filter { $0.split == .train }
    }

    /// Number of usable completions of training prompts that are needed; nil if every prompt is asked.
    var enoughCompletions: Int? { settings.prompts.pairs.map { ($0 + pairsPerCompletion - 1) / pairsPerCompletion } }

    /// The completions that are requested in any case; others only replace unusable completions.
    package var wantedAtLeast: [WantedCompletion] {
        let all = wantedInOrder
        return Array(all.prefix(all.count { $0.split != .train } + (enoughCompletions ?? all.count)))
    }

    /// Largest number of pairs from one completion.
    var pairsPerCompletion: Int {
        let all = settings.pairing.negatives == .all
        return max(1, (all ? settings.sampling.samples : 1) / max(1, settings.teacher.samples))
    }

    /// The sampling parameters of the teacher. A seed is set only if completions are drawn at random.
    package var teacherParameters: SamplingParameters {
        SamplingParameters(
            temperature: settings.teacher.temperature, maxTokens: settings.teacher.maxTokens ?? 256, stop: settings.teacher.stop,
            seed: settings.teacher.temperature > 0 ? settings.run.seed : nil)
    }
}

extension WantedCompletion {
    /// The outcome of a result. Throws errors that every other question would meet too.
    fileprivate func outcome(of result: Result<SourcedCompletion, any Error>, _ settings: TeacherSettings) throws -> TeachOutcome {
        do {
            let answer = try result.get()
            return outcome(of: answer.completion, from: answer.source, settings)
        } catch let error as TeacherError where !error.endsRun {
            return outcome(of: error, kind: error.code.rawValue)
        } catch let error as CacheError where error.code == .notRecorded && settings.skipFailed {
            return outcome(of: error, kind: error.code.rawValue)
        }
    }
}
