import Foundation
import PladEvaluation
import PladRecords
import PladStudent
import PladTraining

/// Measures a student on held-out prompts: completes them greedily, draws samples, scores the texts, and computes the quality.
struct HeldOutMeasuring {
    let texts: HeldOutTexts
    let student: Student
    let name: String
    let norm: Norm
    let parameters: SamplingParameters

    /// Number of prompts that are measured together. It is fixed, so that an interrupted measurement ends in the same bytes.
    private static let batchSize = 64

    /// Name of the work on the terminal: `evaluate`, or `choose`.
    let stage: String

    /// Name of the student that the shared samples are drawn from; it needs no further samples.
    private static let drawer = "warm-up"
    private let quality: RunQuality

    init(_ texts: HeldOutTexts, student: Student, name: String, stage: String = "evaluate") throws {
        quality = try texts.run.quality
        self.texts = texts
        self.stage = stage
        self.student = student
        self.name = name
        let settings = texts.run.settings
        norm = try settings.ranking.resolvedLoss.norm
        var parameters = settings.studentParameters
        parameters.temperature = 0
        self.parameters = parameters
    }

    /// Measures every item that is not in `done` yet, and passes results on batch by batch.
    func callAsFunction(
        _ items: [HeldOutTexts.Item], after done: Int = 0, _ keep: ([HeldOutMeasurement]) throws -> Void
    ) async throws {
        var meter = WorkMeter(texts.run.observer, stage, of: items.count, "completions", done: done)
        var done = done
        while done < items.count {
            let batch = Array(items[done..<min(done + Self.batchSize, items.count)])
            let scores = try student.logProbabilities(of: batch.map { PromptTree(prompt: $0.ids, continuations: $0.completions) })
            let requests = batch.map { item in
                DecodeRequest(prompt: item.ids, parameters: parameters, streams: [SeededGenerator(seed: 0, "greedy")])
            }
            let answers = try student.sample(requests, slots: SampleStage.slots) { finished, _ in
                meter.advance(to: done + finished)
                try Task.checkCancellation()
            }
            var measurements = batch.indices.map { measurement(batch[$0], scores[$0], answers[$0][0]) }
            let own = try ownSamples(batch)
            for index in measurements.indices { measurements[index].own = own?[index] ?? measurements[index].own }
            try addBeams(to: &measurements, batch)
            try await addQualities(to: &measurements, batch)
            for measurement in measurements { try measurement.check(of: name) }
            try keep(measurements)
            done += batch.count
        }
        meter.advance(to: items.count)
        meter.end(note: name)
    }

    private func measurement(_ item: HeldOutTexts.Item, _ scores: [[Float]], _ answer: Sample) -> HeldOutMeasurement {
        let sums = scores.map { $0.reduce(0) { $0 + Double($1) } }
        let teacher = norm.score(logProbability: sums[0], tokens: scores[0].count)
        let samples = item.samples.indices.map { index in
            ScoredSample(text: item.samples[index].text, logProbability: sums[index + 1], tokens: scores[index + 1].count)
        }
        // A sample that says what the teacher says is no worse than it.
        let pairs = samples.filter { $0.text != item.teacher.text }.map { sample in
            ScoredPair(chosen: teacher, rejected: norm.score(logProbability: sample.logProbability, tokens: sample.tokens))
        }
        var measurement = HeldOutMeasurement(
            id: item.prompt.id, prompt: item.prompt.messages.map(\.content).joined(separator: "\n"), teacherText: item.teacher.text,
            teacherLogProbabilities: scores[0], answer: answer.text, answerTokens: answer.ids.count, pairs: pairs,
            facts: item.prompt.facts, samples: samples)
        measurement.answerLogProbability = Double(answer.logProbability)
        if name == Self.drawer, !samples.isEmpty { measurement.own = samples }
        return measurement
    }

    /// As many samples of this student as the texts have; nil if they have none, or if they are of this student.
    private func ownSamples(_ batch: [HeldOutTexts.Item]) throws -> [[ScoredSample]]? {
        guard name != Self.drawer, batch.contains(where: { !$0.samples.isEmpty }) else { return nil }
        let settings = texts.run.settings
        let requests = batch.map { item in
            DecodeRequest(
                prompt: item.ids, parameters: settings.studentParameters,
                streams: (0..<settings.evaluation.samples).map { HeldOutSampling.stream(settings.run.seed, item.prompt.id, $0) })
        }
        return try student.sample(requests, slots: SampleStage.slots) { _, _ in try Task.checkCancellation() }.map { samples in
            samples.map { ScoredSample(text: $0.text, logProbability: Double($0.logProbability), tokens: $0.ids.count) }
        }
    }

    private func addBeams(to measurements: inout [HeldOutMeasurement], _ batch: [HeldOutTexts.Item]) throws {
        guard texts.run.settings.evaluation.beams, stage != "choose" else { return }
        for width in BeamCompletion.widths {
            let found = try BeamSearch(student: student, width: width, maxTokens: parameters.maxTokens)(batch.map(\.ids))
            for (index, sample) in found.enumerated() {
                measurements[index].beams = (measurements[index].beams ?? []) + [BeamCompletion(width: width, text: sample.text)]
            }
            try Task.checkCancellation()
        }
    }

    private func addQualities(to measurements: inout [HeldOutMeasurement], _ batch: [HeldOutTexts.Item]) async throws {
        let scores = try await quality.scores(
            of: zip(measurements, batch).map { measurement, item in
                let texts = [measurement.answer] + (measurement.beams ?? []).map(\.text) + (measurement.own ?? []).map(\.text)
                return (item.prompt, texts, [item.teacher.text])
            })
        for (index, scores) in scores.enumerated() {
            guard let scores else { continue }
            (measurements[index].qualityBy, measurements[index].quality) = (quality.kind.rawValue, scores[0])
            let beams = measurements[index].beams?.count ?? 0
            for beam in 0..<beams { measurements[index].beams?[beam].quality = scores[1 + beam] }
            for sample in (measurements[index].own ?? []).indices {
                measurements[index].own?[sample].quality = scores[1 + beams + sample]
            }
        }
    }
}
