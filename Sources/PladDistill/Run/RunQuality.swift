import PladCache
import PladEvaluation
import PladRecords
import PladTeacher

/// The quality of completions of a run's prompts, with its kind.
struct RunQuality: Sendable {
    let kind: QualityKind
    private let quality: any Quality

    init(_ kind: QualityKind, _ quality: any Quality) {
        (self.kind, self.quality) = (kind, quality)
    }

    var needsTeacher: Bool { quality.needsTeacher }

    /// The quality of each candidate; nil if it is not defined for this prompt.
    func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) async throws -> [Double]? {
        try await quality.scores(of: candidates, for: prompt, teacher: teacher)
    }

    /// The qualities for many prompts, in order, with as many concurrent requests as the endpoint allows.
    func scores(
        of items: [(prompt: Prompt, candidates: [String], teacher: [String])], width: Int = 32
    ) async throws -> [[Double]?] {
        var scores = [[Double]?](repeating: nil, count: items.count)
        try await withThrowingTaskGroup(of: (Int, [Double]?).self) { group in
            for (index, item) in items.enumerated() {
                if index >= width, let (done, found) = try await group.next() { scores[done] = found }
                group.addTask { (index, try await self.scores(of: item.candidates, for: item.prompt, teacher: item.teacher)) }
            }
            while let (done, found) = try await group.next() { scores[done] = found }
        }
        return scores
    }
}

extension Run {
    /// The quality that students are measured by: the one that the settings name, else what the task knows: answers, a schema, facts,
    /// else likeness to the teacher's text. A critic is trained for ranking and measures nobody.
    ///
    /// Throws `SettingError` for one that is not defined for any prompt of the run.
    var quality: RunQuality {
        get throws {
            let kind = settings.quality.by.flatMap { $0 == .critic ? nil : $0 } ?? knownQuality
            let task = record.task
            let quality: any Quality
            switch kind {
            case .facts:
                try require(.facts, prompts.contains { !$0.prompt.facts.isEmpty }, "no prompt has \"facts\"")
                quality = FactsQuality()
            case .answer: quality = AnswerQuality(try FinalAnswer(task.answer ?? FinalAnswer.usualPattern))
            case .agreement: quality = AgreementQuality(try FinalAnswer(task.answer ?? FinalAnswer.usualPattern))
            case .json: quality = JSONQuality(try task.schema.map(JSONSchema.init))
            case .likeness: quality = LikenessQuality()
            case .command: quality = RecordedCommand(settings, run: record.id)
            case .judge: quality = try judgeQuality()
            case .critic: preconditionFailure("a critic ranks the samples of a round")
            }
            if quality.needsTeacher, settings.quality.by != .critic, sampledPrompts.contains(where: { $0.split == .unpaid }) {
                throw SettingError(
                    path: "prompts.unpaid_file",
                    problem:
                        "holds prompts that the teacher never answers, and quality by \(kind.rawValue) needs its text: give another `quality.by`"
                )
            }
            return RunQuality(kind, quality)
        }
    }

    private func require(_ kind: QualityKind, _ isKnown: Bool, _ problem: String) throws {
        guard !isKnown else { return }
        throw SettingError(path: "quality.by", problem: "\(kind.rawValue): \(problem); leave the setting out")
    }

    /// Largest length of a final answer; a column with longer texts is not taken for answers.
    private static let longestAnswer = 64

    private var knownQuality: QualityKind {
        let answers = prompts.compactMap(\.prompt.answer)
        if record.task.schema != nil || !answers.isEmpty && answers.allSatisfy({ $0.hasPrefix("{") }) { return .json }
        if !answers.isEmpty, record.task.answer != nil || answers.allSatisfy({ $0.count <= Self.longestAnswer }) { return .answer }
        return prompts.contains { !$0.prompt.facts.isEmpty } ? .facts : .likeness
    }

    private func judgeQuality() throws -> JudgeQuality {
        for judge in try CompletionJudge.chosen(in: self) {
            guard case .remote(let teacher, let maxTokens) = judge else { continue }
            let parameters = SamplingParameters(temperature: 0, maxTokens: maxTokens)
            // Made when it is first asked: a run that only looks opens no cache.
            let run = record.id.map { $0 + "/judge" }
            let model = Lazy { try CachedTeacher(teacher, "evaluation.judge", run: run, observer: observer) }
            return JudgeQuality { try await model.value().completion(of: $0, parameters).completion.text }
        }
        throw SettingError(
            path: "quality.by", problem: "judge: no judging model is named; give `evaluation.judge.remote` and `evaluation.judge.model`")
    }
}

/// A value that is computed on first use.
actor Lazy<Value: Sendable> {
    private let make: @Sendable () throws -> Value
    private var made: Value?

    init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

    func value() throws -> Value {
        if let made { return made }
        let value = try make()
        made = value
        return value
    }
}
