import Foundation
import PladEvaluation
import PladHTTP
package import PladRecords
package import PladStudent
import PladTeacher
package import PladTraining

extension DistillSettings {
    /// Checks every setting that can be checked without reading a file.
    ///
    /// Throws `SettingError` with the first setting that is out of range or conflicts with another.
    public func validate() throws {
        try prompts.validate()
        guard ranking.rounds > 0 else { throw SettingError(path: "ranking.rounds", problem: "\(ranking.rounds): give at least 1") }
        try teacher.validate("teacher")
        if teacher.batch { try checkBatch() }
        try evaluation.judge.validate()
        _ = try student.threadCount
        let loss = try ranking.resolvedLoss.type
        guard !loss.reads.contains(.teacher) else {
            throw SettingError(
                path: "ranking.loss",
                problem:
                    "\(loss.name): reads the log-probabilities of a local teacher, and a run's teacher only talks; train on the run's pairs.jsonl by itself, with `teacher`"
            )
        }
        _ = try pairing.rules
        try warmUp.validate()
        try sampling.validate()
        try quality.validate()
        if prompts.unpaidFile != nil, pairing.rank == .teacher, sampling.unpaidLimit != 0 {
            throw SettingError(
                path: "prompts.unpaid_file",
                problem: "holds prompts without a teacher's text to rank: give `pairing.rank` samples or both, or `sampling.unpaid_limit` 0"
            )
        }
        _ = try adapter.resolved
        // The learning rate's default, which hangs on the student, is never out of range.
        try rankingTraining(parameters: 1, norm: .sum).validate()
        guard evaluation.samples >= 0 else {
            throw SettingError(path: "evaluation.samples", problem: "\(evaluation.samples): give 0 or more")
        }
        guard (0...1e9).contains(run.checkpointSeconds) else {
            throw SettingError(path: "run.checkpoint_seconds", problem: "\(run.checkpointSeconds): give 0 or more")
        }
    }

    /// Throws `SettingError` with all missing settings that are required.
    ///
    /// - Parameter student: true if a student is needed; false to ask the teacher only.
    package func requireAll(student needsStudent: Bool) throws {
        let needed: [(path: String, value: String?, what: String)] = [
            ("run.folder", run.folder, "the folder of the run"),
            ("prompts.source", prompts.source, "a file of prompts, a task's name, or - for standard input"),
            ("student.model", needsStudent ? student.model : "none", "a Hugging Face model folder or org/name"),
            ("teacher.remote", teacher.replay && teacher.id != nil ? "none" : teacher.remote, "the teacher's URL"),
            ("teacher.model", teacher.model, "the name of the model to ask for"),
        ]
        let missing = needed.filter { ($0.value ?? "").isEmpty }
        guard let first = missing.first else { return }
        let others = missing.dropFirst().map { "`\($0.path)`" }.joined(separator: ", ")
        throw SettingError(
            path: first.path, problem: "is missing: give \(first.what)" + (others.isEmpty ? "" : "; missing as well: \(others)"))
    }

    /// Throws `SettingError` for settings that conflict with batches.
    private func checkBatch() throws {
        guard !teacher.replay, !teacher.refresh else {
            throw SettingError(
                path: "teacher.batch", problem: "asks for what is missing: leave `teacher.replay` and `teacher.refresh` out")
        }
        guard BatchServices.dialects.contains(teacher.dialectName) else {
            throw SettingError(
                path: "teacher.batch",
                problem: ": \(teacher.dialectName) has no batches; those that have: \(BatchServices.dialects.joined(separator: ", "))")
        }
        guard prompts.pairs == nil else {
            throw SettingError(path: "teacher.batch", problem: "asks every prompt at once: leave `prompts.pairs` out")
        }
    }

    /// The training settings of the ranking, for a student with `parameters` trainable weights.
    package func rankingTraining(parameters: Int, norm: Norm) -> TrainingSettings {
        optimiser.training(
            learningRate: optimiser.learningRate ?? OptimiserSettings.usualLearningRate(parameters: parameters),
            schedule: optimiser.schedule, epochs: ranking.epochs, norm: norm, seed: run.seed, onCollapse: ranking.onCollapse)
    }

    /// The settings of a critic's training, for a student of `parameters` weights that are trained: the ranking's, but for the passes.
    package func criticTraining(parameters: Int) -> TrainingSettings {
        var settings = rankingTraining(parameters: parameters, norm: .sum)
        (settings.epochs, settings.onCollapse) = (quality.criticEpochs, .off)
        return settings
    }

    /// The training settings of the warm-up, for a student with `parameters` trainable weights.
    package func warmUpTraining(parameters: Int) -> TrainingSettings {
        optimiser.training(
            learningRate: warmUp.learningRate ?? 10 * OptimiserSettings.usualLearningRate(parameters: parameters),
            schedule: warmUp.schedule, epochs: warmUp.epochs, norm: .sum, seed: run.seed, onCollapse: .off)
    }
}

extension PromptSettings {
    fileprivate func validate() throws {
        if let limit, limit < 1 { throw SettingError(path: "prompts.limit", problem: "\(limit): give at least 1") }
        if let pairs, pairs < 1 { throw SettingError(path: "prompts.pairs", problem: "\(pairs): give at least 1") }
        guard heldOutShare >= 0, heldOutShare < 1 else {
            throw SettingError(path: "prompts.held_out_share", problem: "\(heldOutShare): give a share of the prompts, 0 to below 1")
        }
    }
}

extension JudgeSettings {
    /// Throws `SettingError` for a setting of the remote judge without its address.
    package func validate() throws {
        if let remote { _ = try Endpoint(remote, dialect: OpenAIChatDialect(model: "")) }
        guard remote == nil, model == nil, id == nil else { return }
        // What would be passed over in silence.
        let unused = [
            ("dialect", dialect != nil), ("extra", !extra.isEmpty), ("key_file", keyFile != nil), ("plain_http", plainHTTP),
            ("price", price != nil), ("max_tokens", maxTokens != JudgeSettings().maxTokens),
        ]
        if let (name, _) = unused.first(where: \.1) {
            throw SettingError(
                path: "evaluation.judge.\(name)", problem: "is given without `evaluation.judge.remote`: name the judging model's URL")
        }
    }
}

extension WarmUpSettings {
    fileprivate func validate() throws {
        guard (0...1e6).contains(epochs) else {
            throw SettingError(path: "warm_up.epochs", problem: "\(epochs): give 0 to a million passes")
        }
        if let rate = learningRate, !(rate.isFinite && rate >= 0) {
            throw SettingError(path: "warm_up.learning_rate", problem: "\(rate): give a number of 0 or more")
        }
    }
}

extension SamplingSettings {
    fileprivate func validate() throws {
        guard samples > 0 else { throw SettingError(path: "sampling.samples", problem: "\(samples): draw at least one") }
        guard temperature.isFinite, temperature >= 0 else {
            throw SettingError(path: "sampling.temperature", problem: "\(temperature): give 0 or more")
        }
        guard topK >= 0 else { throw SettingError(path: "sampling.top_k", problem: "\(topK): give 0 for all tokens, or how many") }
        if let unpaidLimit, unpaidLimit < 0 {
            throw SettingError(path: "sampling.unpaid_limit", problem: "\(unpaidLimit): give 0 or more prompts")
        }
        guard topP > 0, topP <= 1 else {
            throw SettingError(path: "sampling.top_p", problem: "\(topP): give a share above 0, at most 1")
        }
    }

    /// The sampling parameters of the student's samples.
    package func parameters(maxTokens: Int, stop: [String]) -> SamplingParameters {
        SamplingParameters(temperature: temperature, topK: topK > 0 ? topK : nil, topP: topP, maxTokens: maxTokens, stop: stop)
    }
}

extension QualitySettings {
    fileprivate func validate() throws {
        guard (by == .command) == (command != nil) else {
            throw SettingError(
                path: "quality.command",
                problem: command == nil
                    ? "is missing: give the program that says how good completions are"
                    : "is given, and quality is not known by it: give `quality.by` command")
        }
        guard criticEpochs > 0, criticEpochs <= 1000 else {
            throw SettingError(path: "quality.critic_epochs", problem: "\(criticEpochs): give passes, above 0 and at most 1000")
        }
        guard timeout > 0, timeout <= 86_400 else {
            throw SettingError(path: "quality.timeout", problem: "\(timeout): give seconds, above 0 and at most 86400")
        }
    }
}

extension StudentSettings {
    /// Number of processor threads; by default all.
    package var threadCount: Int {
        get throws {
            let threads = threads ?? min(256, ProcessInfo.processInfo.activeProcessorCount)
            guard (1...256).contains(threads) else { throw SettingError(path: "student.threads", problem: "\(threads): give 1 to 256") }
            return threads
        }
    }
}

extension PairingSettings {
    /// The samples of a prompt, of `count`, that the untouched student draws in a round: those of the lowest numbers.
    package func initialSamples(of count: Int, round: Int) -> Int {
        let share = initialShares.isEmpty ? (negativesFrom == .initial ? 1 : 0) : initialShares[min(round, initialShares.count) - 1]
        return Int((share * Double(count)).rounded())
    }

    /// The rules that select pairs. Throws `SettingError` with the first setting out of range.
    package var rules: PairRules {
        get throws {
            for (name, value) in [("min", minSimilarity), ("max", maxSimilarity)] where !(0...1).contains(value) {
                throw SettingError(path: "pairing.\(name)_similarity", problem: "\(value): give a share from 0 to 1")
            }
            guard minSimilarity <= maxSimilarity else {
                throw SettingError(
                    path: "pairing.min_similarity",
                    problem: "\(minSimilarity) is above `pairing.max_similarity` \(maxSimilarity): no sample is both")
            }
            guard (0...1).contains(minGap) else { throw SettingError(path: "pairing.min_gap", problem: "\(minGap): give 0 to 1") }
            if let share = initialShares.first(where: { !(0...1).contains($0) }) {
                throw SettingError(path: "pairing.initial_shares", problem: "\(share): give shares of the samples, 0 to 1")
            }
            guard minPairs >= 1 else { throw SettingError(path: "pairing.min_pairs", problem: "\(minPairs): give at least 1") }
            if let ratio = maxLengthRatio, !(ratio >= 1 && ratio.isFinite) {
                throw SettingError(path: "pairing.max_length_ratio", problem: "\(ratio): give 1 or more")
            }
            return PairRules(
                similarity: minSimilarity...maxSimilarity, maxLengthRatio: maxLengthRatio, prefersMetric: prefer == .metric, minGap: minGap)
        }
    }
}

extension OptimiserSettings {
    /// The default learning rate: 1e-5 at 100 million parameters and 1e-4 at one million, other sizes by the same power law.
    package static func usualLearningRate(parameters: Int) -> Double {
        1e-5 * (1e8 / Double(max(parameters, 1))).squareRoot()
    }

    /// The default batch size: 32, or the largest power of two with which so many completions, each counted once an epoch, make 24
    /// steps; at least 4. On the demo's student smaller batches learn 300 completions less well (0.763 nats per token of held-out text
    /// at 32, 0.767 at 16, 0.773 at 8, 0.801 at 4), so they are used only if there would be hardly any steps.
    package static func usualBatchSize(completions: Double) -> Int {
        [32, 16, 8].first { completions >= 24 * Double($0) } ?? 4
    }

    /// The settings of one training phase.
    package func training(
        learningRate: Double, schedule: Schedule.Shape, epochs: Double, steps: Int? = nil, norm: Norm, seed: UInt64,
        onCollapse: CollapseAction
    ) -> TrainingSettings {
        TrainingSettings(
            steps: steps, epochs: epochs, batchSize: batchSize ?? 32, learningRate: learningRate,
            schedule: Schedule(shape: schedule, warmUp: learningRateWarmUp), weightDecay: weightDecay, clip: clip, norm: norm, seed: seed,
            rowsPerPass: rowsPerPass, onCollapse: onCollapse)
    }
}

extension AdapterSettings {
    /// The settings of the adapter; nil for none.
    package var resolved: LoRA? {
        get throws {
            guard let rank else {
                let given = targets != [LoRA.allLinear] ? "targets" : alpha != nil ? "alpha" : nil
                if let given {
                    throw SettingError(
                        path: "adapter.\(given)", problem: "is given without `adapter.rank`: give the adapter's rank, such as 8")
                }
                return nil
            }
            guard (1...1 << 14).contains(rank) else {
                throw SettingError(path: "adapter.rank", problem: "\(rank): give a whole number from 1 to \(1 << 14)")
            }
            let alpha = alpha ?? 2 * Double(rank)
            guard alpha > 0, alpha.isFinite else { throw SettingError(path: "adapter.alpha", problem: "\(alpha): give a number above 0") }
            guard !targets.isEmpty else {
                throw SettingError(
                    path: "adapter.targets", problem: "is empty: name layers, such as q_proj,v_proj, or \(LoRA.allLinear)")
            }
            return LoRA(rank: rank, alpha: alpha, targets: targets)
        }
    }

    /// Attaches the adapter of the settings to a student, if there is one.
    package func attach(to student: Student, seed: UInt64) throws {
        guard let settings = try resolved else { return }
        guard student.adapter == nil else {
            throw SettingError(
                path: "adapter.rank", problem: ": the student is an adapter already, which is trained on as it is; leave the setting out")
        }
        try student.attachAdapter(settings, seed: seed)
    }
}
