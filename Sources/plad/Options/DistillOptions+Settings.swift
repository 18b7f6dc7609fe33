import Foundation
import PladDistill
import PladRecords
import PladTeacher

extension DistillOptions {
    /// Settings by these flags. Throws `UsageError` with the flag whose value is not valid.
    var settings: DistillSettings {
        get throws {
            var settings = DistillSettings()
            settings.teacher = try teacher.settings
            settings.prompts = prompts.settings
            settings.student.model = student.student
            settings.student.threads = student.threads
            settings.student.dtype = student.dtype
            settings.student.install = student.install
            settings.warmUp.epochs = warmUp.warmUpEpochs
            settings.warmUp.learningRate = warmUp.warmUpLearningRate
            settings.warmUp.schedule = warmUp.warmUpSchedule
            settings.sampling = sampling.settings
            settings.sampling.unpaidLimit = prompts.unpaidLimit
            settings.quality.by = quality.quality
            (settings.quality.command, settings.quality.timeout) = (quality.qualityCommand, quality.qualityTimeout)
            settings.quality.criticEpochs = quality.criticEpochs
            settings.quality.keepAnswers = quality.keepAnswers
            settings.pairing = pairing.settings
            settings.ranking = ranking.settings
            settings.optimiser = ranking.optimiser.settings
            settings.adapter = adapter.settings
            (settings.evaluation.samples, settings.evaluation.beams) = (evaluation.evaluationSamples, evaluation.beams)
            settings.evaluation.judge = try evaluation.judge.settings
            settings.run.folder = run.out
            settings.run.seed = run.seed
            settings.run.checkpointSeconds = run.checkpointSeconds
            return settings
        }
    }
}

extension TeacherOptions {
    var settings: TeacherSettings {
        get throws {
            var settings = TeacherSettings()
            (settings.remote, settings.model, settings.dialect, settings.id) = (remote, teacherModel, dialect, teacherID)
            (settings.headers, settings.extra, settings.keyFile) = (header, try Self.fields(extra, "extra"), keyFile)
            settings.plainHTTP = plainHTTP
            (settings.samples, settings.temperature) = (teacherSamples, teacherTemperature)
            (settings.maxTokens, settings.stop) = (maxTokens, stop)
            (settings.concurrency, settings.requestsPerMinute, settings.tokensPerMinute) = (concurrency, requestsPerMinute, tokensPerMinute)
            (settings.timeout, settings.batch, settings.streaming, settings.attempts) = (timeout, batch, stream, attempts)
            (settings.budget, settings.price) = (budget, try price.map { try Self.price($0, "price") })
            (settings.keepRefusals, settings.skipFailed, settings.keepTruncated) = (keepRefusals, skipFailed, keepTruncated)
            (settings.cache, settings.replay, settings.refresh) = (cache, replay, refresh)
            return settings
        }
    }

    /// Additional fields of a request, each given as `field=json`.
    static func fields(_ given: [String], _ flag: String) throws -> [String: JSONValue] {
        try given.reduce(into: [:]) { fields, text in
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = try? JSONValue(parsing: Data(parts[1].utf8)) else {
                throw UsageError("--\(flag) \(text): give field=json; a text needs quotes: --\(flag) 'field=\"text\"'")
            }
            fields[String(parts[0])] = value
        }
    }

    /// A price given as `in,out`.
    static func price(_ text: String, _ flag: String) throws -> Price {
        let numbers = text.split(separator: ",").map { Double($0.trimmingCharacters(in: .whitespaces)) }
        guard numbers.count == 2, let input = numbers[0], let output = numbers[1], input.isFinite, output.isFinite, input >= 0, output >= 0
        else { throw UsageError("--\(flag) \(text): give dollars per million tokens in and out, such as 0.15,0.60") }
        return Price(input: input, output: output)
    }
}

extension PromptOptions {
    var settings: PromptSettings {
        var settings = PromptSettings()
        (settings.source, settings.heldOutFile, settings.heldOutShare) = (prompts, valid, heldOut)
        (settings.testFile, settings.limit, settings.pairs) = (test, limit, pairs)
        settings.unpaidFile = unpaidPrompts
        return settings
    }
}

extension RunSamplingOptions {
    var settings: SamplingSettings {
        var settings = SamplingSettings()
        (settings.samples, settings.temperature, settings.topK, settings.topP) = (samples, temperature, topK, topP)
        return settings
    }
}

extension PairingOptions {
    var settings: PairingSettings {
        var settings = PairingSettings()
        (settings.rank, settings.samplePairs) = (rank, samplePairs)
        (settings.minGap, settings.keepLikely) = (minGap, keepLikely)
        settings.negatives = negatives
        (settings.negativesFrom, settings.initialShares) = (negativesFrom, initialShare)
        (settings.minSimilarity, settings.maxSimilarity, settings.maxLengthRatio) = (minSimilarity, maxSimilarity, maxLengthRatio)
        settings.prefer = prefer
        settings.minPairs = minPairs
        return settings
    }
}

extension RankingOptions {
    var settings: RankingSettings {
        var settings = loss.settings
        (settings.epochs, settings.rounds) = (epochs, rounds)
        settings.onCollapse = `guard`
        return settings
    }
}

extension LossOptions {
    /// Settings of the loss only: epochs, rounds and guard have their defaults.
    var settings: RankingSettings {
        var settings = RankingSettings()
        settings.loss = loss
        (settings.margin, settings.lambda, settings.beta) = (margin, lambda, beta)
        (settings.gamma, settings.alpha, settings.scale) = (gamma, alpha, scale)
        settings.norm = norm
        return settings
    }
}

extension OptimiserOptions {
    var settings: OptimiserSettings {
        var settings = OptimiserSettings()
        (settings.learningRate, settings.batchSize, settings.learningRateWarmUp) = (learningRate, batchSize, learningRateWarmUp)
        settings.schedule = schedule
        (settings.weightDecay, settings.clip, settings.rowsPerPass) = (weightDecay, clip, rowsPerPass)
        return settings
    }
}

extension AdapterOptions {
    var settings: AdapterSettings {
        var settings = AdapterSettings()
        (settings.rank, settings.alpha) = (loraRank, loraAlpha)
        settings.targets = loraTargets.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        return settings
    }
}

extension JudgeOptions {
    var settings: JudgeSettings {
        get throws {
            var settings = JudgeSettings()
            settings.local = LocalJudge(judge)
            (settings.remote, settings.model, settings.dialect, settings.id) = (judgeRemote, judgeModel, judgeDialect, judgeID)
            settings.extra = try TeacherOptions.fields(judgeExtra, "judge-extra")
            (settings.keyFile, settings.plainHTTP, settings.maxTokens) = (judgeKeyFile, judgePlainHTTP, judgeMaxTokens)
            settings.price = try judgePrice.map { try TeacherOptions.price($0, "judge-price") }
            return settings
        }
    }
}
