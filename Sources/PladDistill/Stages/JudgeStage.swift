import PladCache
import PladEvaluation
import PladRecords
import PladStudent
import PladTeacher

/// Has a judge compare completions: of the ranked with the warmed-up student, and of each with the teacher.
///
/// A remote judge is asked through the teacher's cache, so that an interrupted judgement continues and replays without network.
struct JudgeStage {
    let run: Run
    let judge: CompletionJudge

    func callAsFunction(_ students: [StudentMeasurements]) async throws -> [Judgement] {
        guard students.count > 1, let ranked = students.last else { return [] }
        let trained = students.dropFirst()
        let teacher = try StudentMeasurements(teacherOf: ranked)
        switch judge {
        case .metric(let likeness):
            // Measured by likeness to it, the teacher's text cannot lose.
            let pairings = zip(trained, students).reversed()
            return try pairings.map {
                judgement(try ScoreJudge.metric(likeness ?? ranked.likeness).compare($0, with: $1), $0, $1, seesOrder: false)
            }
        case .likelihood(let folder):
            let score = try LikelihoodScore(run: run, student: Student(at: folder, threads: run.settings.student.threads ?? 1))
            return try pairings(students, teacher).map { own, other in
                judgement(try ScoreJudge { try score($0) }.compare(own, with: other), own, other, seesOrder: false)
            }
        case .remote(let settings, let maxTokens):
            return try await ask(settings, maxTokens: maxTokens, pairings(students, teacher))
        }
    }

    /// The comparisons of the ranked student with the warmed-up one, then of each with the teacher.
    private func pairings(
        _ students: [StudentMeasurements], _ teacher: StudentMeasurements
    ) -> [(StudentMeasurements, StudentMeasurements)] {
        let last = (students[students.count - 1], students[students.count - 2])
        return [last] + students.dropFirst().map { ($0, teacher) }
    }

    private func ask(
        _ settings: TeacherSettings, maxTokens: Int, _ pairings: [(StudentMeasurements, StudentMeasurements)]
    ) async throws -> [Judgement] {
        let parameters = SamplingParameters(temperature: 0, maxTokens: maxTokens)
        let model = try CachedTeacher(settings, "evaluation.judge", run: run.record.id.map { $0 + "/judge" }, observer: run.observer)
        let counter = VerdictCounter(of: pairings, observer: run.observer)
        let asking = Judge { messages in
            do {
                let answer = try await model.completion(of: messages, parameters)
                await counter.count(fromCache: answer.fromCache)
                return answer.completion.text
            } catch let error as TeacherError where settings.skipFailed && !error.endsRun {
                // No reply holds no verdict: the pair is counted as unreadable.
                return ""
            }
        }
        let result = await Result.catching {
            var judgements: [Judgement] = []
            for (own, other) in pairings {
                let isTeacher = other.name == "teacher"
                let pairs = try await asking.compare(own, with: other, showsReference: !isTeacher)
                judgements.append(judgement(pairs, own, other, seesOrder: true))
            }
            return judgements
        }
        if case .success(let judgements) = result {
            await counter.finish()
            let malformed = judgements.reduce(0) { $0 + $1.malformed }
            if malformed > 0 {
                run.observer.notice(
                    "judge",
                    "\(malformed) pairs have no readable verdict and are in no rate; where replies were cut off, raise `evaluation.judge.max_tokens`"
                )
            }
        }
        // What was asked so far is paid for all the same; not in this task, which may be cancelled.
        try note(await Task { await model.spent() }.value)
        return try result.get()
    }

    /// Adds the usage of this process to that of earlier ones.
    private func note(_ usage: RunUsage) throws {
        let file = run.folder.judges
        let known = Files.exists(file) ? try JSONLines.read(JudgeSummary.self, from: file) : []
        var summary = known.first { $0.judge == judge.name } ?? JudgeSummary(judge: judge.name)
        summary.wire.add(usage)
        try JSONLines.write(known.filter { $0.judge != judge.name } + [summary], to: file)
    }

    private func judgement(
        _ pairs: [JudgedPair], _ student: StudentMeasurements, _ baseline: StudentMeasurements, seesOrder: Bool
    ) -> Judgement {
        Judgement(
            of: pairs, student: student.name, baseline: baseline.name, judge: judge.name, seesOrder: seesOrder,
            bootstrap: Bootstrap(seed: run.settings.run.seed))
    }
}

/// The usage of a judge, a line of held-out/judges.jsonl.
struct JudgeSummary: Codable {
    var judge: String
    var wire = TeachSummary.Wire()
}

/// Reports verdicts as they arrive.
private actor VerdictCounter {
    private var (done, kept) = (0, 0)
    private var meter: WorkMeter

    init(of pairings: [(StudentMeasurements, StudentMeasurements)], observer: any RunObserver) {
        // Equal completions are not put to the judge, others in both orders.
        let total = pairings.reduce(0) { total, pairing in
            total + 2 * zip(pairing.0.prompts, pairing.1.prompts).count { $0.answer != $1.answer }
        }
        meter = WorkMeter(observer, "judge", of: total, "verdicts")
    }

    func count(fromCache: Bool) {
        (done, kept) = (done + 1, kept + (fromCache ? 1 : 0))
        meter.advance(to: done, note: "\(kept) from the cache")
    }

    func finish() {
        meter.end(note: "\(done - kept) asked, \(kept) from the cache")
    }
}

extension Result where Failure == any Error {
    /// The value that `body` returns, or the error that it throws.
    fileprivate static func catching(_ body: () async throws -> Success) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
