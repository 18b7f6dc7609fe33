import Foundation
import PladCache
import PladRecords
import PladTeacher
import PladTraining

/// Asks the teacher every prompt, training and held-out, and keeps what it says.
///
/// Reads prompts.jsonl; writes teacher.jsonl, its drops and teach.json. Each answer is in the cache before it counts, so a
/// run that is stopped asks again only what was not answered. Whatever happens, every question ends in one state, and the
/// records say in which.
struct TeachStage {
    let run: Run

    private var options: TeacherOptions { run.options.teacher }

    func callAsFunction() async throws {
        guard !Files.exists(run.folder.teacher) else {
            let drops = Files.exists(run.folder.drops) ? try JSONLines.read(Drop.self, from: run.folder.drops) : []
            let left = drops.count { TeachOutcome.dropped($0).isUnanswered }
            if left > 0 {
                Console.say("teach      \(run.folder.url.path) went on without \(left) prompts that got no answer; a new --out asks them")
            }
            Console.stage("teach", "done before")
            if options.refresh {
                Console.say("teach      \(run.folder.url.path) has its answers already; --refresh asks again in a new --out")
            }
            return
        }
        warn()
        try await teach(until: run.answersWanted, options)
    }

    /// Tells what is likely a mistake, and is none for sure.
    private func warn() {
        if options.teacherSamples > 1, options.teacherTemperature == 0 {
            Console.say("teach      \(options.teacherSamples) answers a prompt at --teacher-temperature 0 are likely the same; raise it")
        }
    }

    /// Asks further prompts, in their order, for so many more usable answers; for runs that ask only what `--pairs` needs.
    /// Returns false where every prompt has been asked.
    func goOn(by more: Int) async throws -> Bool {
        let usable = try JSONLines.read(TeacherAnswer.self, from: run.folder.teacher).count { $0.split == .train }
        let drops = try JSONLines.read(Drop.self, from: run.folder.drops).filter { $0.stage == .teach && $0.split == .train }
        let spent = drops.count { drop in
            drop.state != .interrupted && (options.skipFailed || !TeachOutcome.dropped(drop).isUnanswered)
        }
        guard usable + spent < run.questions.count(where: { $0.split == .train }) else { return false }
        // What was asked before is there, fresh or not: asking it once more would change what the warm-up has seen.
        var recording = options
        recording.refresh = false
        try await teach(until: usable + more, recording)
        return try JSONLines.read(TeacherAnswer.self, from: run.folder.teacher).count { $0.split == .train } > usable
    }

    /// - Parameter wanted: how many usable answers to training prompts suffice; nil asks every prompt.
    private func teach(until wanted: Int?, _ options: TeacherOptions) async throws {
        let unfit = try run.check()
        let all = run.questionsInOrder
        let teacher =
            try await options.batch
            ? run.batchedTeacher(for: all.filter { !unfit.contains($0.prompt.id) }) : CachedTeacher(options)
        let (asked, end) = try await CancellableWork.run { await ask(all, unfit: unfit, until: wanted, teacher) }
        let questions = all.prefix(asked.count)
        let outcomes = zip(questions, asked).sorted { $0.0.place < $1.0.place }.map(\.1)
        let drops = outcomes.compactMap(\.drop)
        do {
            try run.folder.record(drops) { $0.stage == .teach }
            try summarize(outcomes, await teacher.spent())
        } catch {
            // Where the disk is full, what ended the asking is what a person needs to hear.
            throw end ?? error
        }
        if let end { throw end }
        // With --pairs an empty budget is an end like any other.
        let unanswered = drops.filter { TeachOutcome.dropped($0).isUnanswered && (wanted == nil || $0.state != .overBudget) }
        guard unanswered.isEmpty || options.skipFailed else {
            throw UnansweredError(drops: unanswered, questions: questions.count, options: options)
        }
        let answers = outcomes.compactMap(\.answer)
        guard answers.contains(where: { $0.split == .train }) else {
            throw RecordError(.malformed, "none of the \(drops.count) answers can be used, for example \(drops[0].id): \(drops[0].detail)")
        }
        try JSONLines.write(answers, to: run.folder.teacher)
    }

    /// One outcome a question, in order, until enough can be used; and the error that ended the asking early, because every
    /// other question would meet it too or the user stopped it.
    private func ask(
        _ questions: [TeachQuestion], unfit: Set<String>, until wanted: Int?, _ teacher: CachedTeacher
    ) async -> ([TeachOutcome], end: (any Error)?) {
        let parameters = run.teacherParameters
        let options = options
        var outcomes = [TeachOutcome?](repeating: nil, count: questions.count)
        var progress = Progress("teach", of: questions.count, "answers")
        var (done, kept) = (0, 0)
        // A question is begun only if it is needed even if all before it bring an answer: so those that are asked, and paid
        // for, are the same however the answers come in.
        var (begun, hopeful) = (0, 0)
        var end: (any Error)?
        var waiting: Task<Void, any Error>?
        defer { waiting?.cancel() }
        await withTaskGroup(of: [(Int, Result<TeachOutcome, any Error>)].self) { group in
            /// The samples of a prompt, which are asked for together: so many of them as are needed. Nil where none is.
            func next() -> Range<Int>? {
                let first = begun
                while begun < questions.count, begun == first || questions[begun].sample > 0 {
                    if questions[begun].split == .train {
                        if let wanted, hopeful >= wanted { break }
                        hopeful += 1
                    }
                    begun += 1
                }
                return first < begun ? first..<begun : nil
            }
            func start() {
                while let samples = next() {
                    guard unfit.contains(questions[samples.lowerBound].prompt.id) else { return start(samples) }
                    for index in samples {
                        outcomes[index] = questions[index].drop(.tooLong, "the prompt alone fills the student's context: it is not asked")
                        if questions[index].split == .train { hopeful -= 1 }
                        done += 1
                    }
                }
            }
            func start(_ samples: Range<Int>) {
                let messages = run.wording.messages(for: questions[samples.lowerBound].prompt)
                group.addTask {
                    let numbers = questions[samples.lowerBound].sample...questions[samples.upperBound - 1].sample
                    let answers = await teacher.answers(to: messages, parameters, samples: Range(numbers))
                    return zip(samples, answers).map { index, answer in
                        (index, Result { try questions[index].outcome(of: answer, options) })
                    }
                }
            }
            // Requests that wait to be tried again hold no place on the wire, so more are started than fit there.
            for _ in 0..<max(256, 4 * options.concurrency) { start() }
            for await results in group {
                for (index, result) in results {
                    switch result {
                    case .success(let outcome):
                        outcomes[index] = outcome
                        let isSpent = outcome.answer == nil && (options.skipFailed || outcome.drop?.state != .failed)
                        if isSpent, questions[index].split == .train { hopeful -= 1 }
                        (done, kept) = (done + 1, kept + (outcome.state == "cached" ? 1 : 0))
                        progress.update(done, note: "\(kept) from the cache")
                    case .failure(let error):
                        // What was cancelled because of the first error says nothing of its own.
                        if end == nil || end is CancellationError && !(error is CancellationError) { end = error }
                        if let error = error as? TeacherError {
                            outcomes[index] = questions[index].outcome(of: error, kind: error.code.rawValue)
                        }
                        group.cancelAll()
                        waiting = waiting ?? Self.tellOfWait()
                    }
                }
                for _ in results where end == nil && !Task.isCancelled { start() }
            }
        }
        if end == nil || done > 0 { progress.finish() }
        if end == nil, Task.isCancelled { end = CancellationError() }
        let count = wanted == nil ? questions.count : begun
        return (zip(outcomes, questions).prefix(count).map { $0 ?? $1.drop(.interrupted, "the run ended before it was answered") }, end)
    }

    /// After an error that ends the asking, says what is waited for if that takes a while.
    private static func tellOfWait() -> Task<Void, any Error> {
        Task {
            try await Task.sleep(for: .seconds(2))
            let count = Interruption.requestsUnderWay
            guard count > 0, !Interruption.isAsked else { return }
            Console.say(
                "teach      the asking has ended; requests under way, which are paid for, are waited for: \(count) (Ctrl-C twice cuts them)"
            )
        }
    }

    /// Writes teach.json and says what became of the questions.
    private func summarize(_ outcomes: [TeachOutcome], _ tally: Tally) throws {
        var summary = TeachSummary()
        summary.questions = outcomes.count
        for outcome in outcomes { summary.states[outcome.state, default: 0] += 1 }
        for kind in outcomes.compactMap({ $0.drop?.kind }) { summary.failures[kind, default: 0] += 1 }
        summary.models = tally.models
        summary.fingerprints = tally.fingerprints
        if Files.exists(run.folder.teach), let earlier = try JSONLines.read(TeachSummary.self, from: run.folder.teach).first {
            summary.wire = earlier.wire
        }
        summary.wire.answers += tally.asked
        summary.wire.attempts += tally.attempts
        summary.wire.promptTokens += tally.promptTokens
        summary.wire.completionTokens += tally.completionTokens
        if let paid = tally.paid { summary.wire.dollars = (summary.wire.dollars ?? 0) + paid.dollars }
        if let inDoubt = tally.inDoubt, inDoubt > .zero {
            summary.wire.dollarsInDoubt = (summary.wire.dollarsInDoubt ?? 0) + inDoubt.dollars
        }
        try JSONLines.write([summary], to: run.folder.teach)
        // Where nothing was answered the error says it all.
        guard outcomes.contains(where: { !$0.isUnanswered }) else { return }
        Console.say("teach      \(summary.sentence)")
        for (what, counts) in [("model", summary.models), ("fingerprint", summary.fingerprints)] where counts.count > 1 {
            let names = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) (\($0.value))" }
            Console.say("teach      the teacher's \(what) changed under way: \(names.joined(separator: ", "))")
        }
    }
}

extension TeachSummary {
    /// How many questions, what they ended in, what was paid.
    fileprivate var sentence: String {
        let order = ["answered", "batched", "cached"] + Drop.State.allCases.map(\.rawValue)
        let parts = order.compactMap { state in states[state].map { "\($0) \(state)" } }
        let kinds = failures.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        var text = "\(questions) questions: \(parts.joined(separator: ", "))"
        if !kinds.isEmpty { text += " (\(kinds.joined(separator: ", ")))" }
        if wire.answers > 0 {
            text += "; \(wire.attempts) requests, \(wire.promptTokens) + \(wire.completionTokens) tokens"
            if let dollars = wire.dollars { text += ", \(Money(dollars: dollars))" }
            if let dollars = wire.dollarsInDoubt { text += " and at most \(Money(dollars: dollars)) for requests that broke off" }
        }
        return text
    }
}

extension Run {
    /// Every prompt, as often as the teacher is to answer it, in the prompts' order.
    var questions: [TeachQuestion] {
        let all = prompts.flatMap { item in
            let count = item.split == .train ? options.teacher.teacherSamples : 1
            return (0..<count).map { (item, $0) }
        }
        return all.enumerated().map { TeachQuestion(place: $0, prompt: $1.0.prompt, split: $1.0.split, sample: $1.1) }
    }

    /// The questions as they are asked: held-out ones first, which are always asked; then the others for as long as it takes.
    var questionsInOrder: [TeachQuestion] { questions.filter { $0.split == .valid } + questions.filter { $0.split == .train } }

    /// How many usable answers to training prompts suffice; nil where every prompt is asked.
    var answersWanted: Int? { options.prompts.pairs.map { ($0 + pairsPerAnswer - 1) / pairsPerAnswer } }

    /// The questions that are asked in any case; others only take the place of answers that cannot be used.
    var questionsAtLeast: [TeachQuestion] {
        let all = questionsInOrder
        return Array(all.prefix(all.count { $0.split == .valid } + (answersWanted ?? all.count)))
    }

    /// How many pairs an answer can give at most.
    var pairsPerAnswer: Int {
        let all = (try? options.pairing.selection) == .all
        return max(1, (all ? options.sampling.samples : 1) / max(1, options.teacher.teacherSamples))
    }

    /// How the teacher answers. A seed is of use only where it draws.
    var teacherParameters: SamplingParameters {
        SamplingParameters(
            temperature: options.teacher.teacherTemperature, maxTokens: options.teacher.maxTokens ?? 256, stop: options.teacher.stop,
            seed: options.teacher.teacherTemperature > 0 ? options.run.seed : nil)
    }
}

extension TeachQuestion {
    /// Throws what every other question would meet too.
    fileprivate func outcome(of result: Result<CachedTeacher.Answer, any Error>, _ options: TeacherOptions) throws -> TeachOutcome {
        do {
            let answer = try result.get()
            return outcome(of: answer.completion, from: answer.source, options)
        } catch let error as TeacherError where !error.endsRun {
            return outcome(of: error, kind: error.code.rawValue)
        } catch let error as CacheError where error.code == .notRecorded && options.skipFailed {
            return outcome(of: error, kind: error.code.rawValue)
        }
    }
}
