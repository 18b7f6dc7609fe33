import Foundation
import PladRecords
import PladStudent
import PladTraining

/// Draws the student's samples of every training prompt with a completion of the teacher, and of the unpaid ones if samples are ranked.
///
/// Reads prompts.jsonl, teacher.jsonl and the round's student, or the original one by the settings; writes samples.jsonl. A sample
/// depends on the seed, the round, the prompt and the sample's number only. Prompts are sampled in batches of fixed size; complete
/// batches are in a partial file, so that a killed run repeats at most one batch and every byte stays the same.
package struct SampleStage {
    let run: Run
    let round: Int

    package init(run: Run, round: Int) {
        self.run = run
        self.round = round
    }

    /// Number of prompts whose samples are drawn and stored together.
    private static let batchSize = 256
    /// Number of samples in a decoding batch.
    package static let slots = 64

    package func callAsFunction() throws {
        let folder = run.folder
        let earlier = Files.exists(folder.samples) ? try JSONLines.read(StudentSample.self, from: folder.samples) : []
        let prompts = try promptsToSample(after: earlier)
        guard !prompts.isEmpty || !earlier.contains(where: { $0.round == round }) else { return run.observer.doneBefore("sample") }
        let ranked = folder.sampler(round: round)
        try folder.require(ranked.appendingPathComponent("model.safetensors"), madeBy: round == 1 ? "warm-up" : "train")
        try folder.requireIntact(ranked)
        let settings = run.settings
        let initialCount = settings.pairing.initialSamples(of: settings.sampling.samples, round: round)
        var samples = earlier
        // Two students draw one after the other, each the samples of its own numbers.
        for (isInitial, numbers) in [(true, 0..<initialCount), (false, initialCount..<settings.sampling.samples)] where !numbers.isEmpty {
            let student = try Student(at: isInitial ? run.student : ranked, threads: settings.student.threads ?? 1)
            let (requests, drops) = try plan(prompts, student, numbers)
            try folder.record(drops) { $0.stage == .sample && $0.round == round }
            samples += try draw(requests, student, partial(isInitial))
        }
        try JSONLines.write(inOrder(samples), to: folder.samples)
        for isInitial in [true, false] { try? FileManager.default.removeItem(at: partial(isInitial)) }
    }

    private struct Request {
        /// Id of the prompt.
        var id: String
        var split: Split
        /// The number of its first sample.
        var first: Int
        var decode: DecodeRequest
    }

    /// The prompts that make pairs and have no samples of this round: unpaid ones, and those with a completion of the teacher.
    private func promptsToSample(after earlier: [StudentSample]) throws -> [(split: Split, prompt: Prompt)] {
        try run.folder.require(run.folder.teacher, madeBy: "teach")
        let answered = Set(try JSONLines.read(TeacherCompletion.self, from: run.folder.teacher).filter { $0.split == .train }.map(\.id))
        let sampled = Set(earlier.filter { $0.round == round }.map(\.id))
        let unfit = Set(
            Files.exists(run.folder.drops)
                ? try JSONLines.read(Drop.self, from: run.folder.drops).filter { $0.stage == .sample && $0.round == round }.map(\.id) : [])
        let missing = run.sampledPrompts.filter {
            ($0.split == .unpaid || answered.contains($0.prompt.id)) && !sampled.contains($0.prompt.id)
        }
        // Prompts that cannot be sampled are looked at again with the others, and alone are no reason to.
        return missing.allSatisfy { unfit.contains($0.prompt.id) } ? [] : missing
    }

    /// The samples by round, then in the order of the run's prompts, whatever the order of drawing.
    private func inOrder(_ samples: [StudentSample]) -> [StudentSample] {
        let places = Dictionary(run.sampledPrompts.enumerated().map { ($1.prompt.id, $0) }) { first, _ in first }
        return samples.sorted { ($0.round, places[$0.id] ?? 0, $0.sample) < ($1.round, places[$1.id] ?? 0, $1.sample) }
    }

    private func plan(
        _ prompts: [(split: Split, prompt: Prompt)], _ student: Student, _ numbers: Range<Int>
    ) throws -> (requests: [Request], drops: [Drop]) {
        var (requests, drops): ([Request], [Drop]) = ([], [])
        let parameters = run.settings.studentParameters
        for (split, prompt) in prompts {
            let ids = try run.wording.student(prompt, student.tokenizer).ids
            if let drop = student.drop(prompt: ids, id: prompt.id, split: split, round: round, stage: .sample) {
                drops.append(drop)
                continue
            }
            let streams = numbers.map {
                SeededGenerator(seed: run.settings.run.seed, "sample", String(round), prompt.id, String($0))
            }
            requests.append(
                Request(
                    id: prompt.id, split: split, first: numbers.lowerBound,
                    decode: DecodeRequest(prompt: ids, parameters: parameters, streams: streams)))
        }
        return (requests, drops)
    }

    private func partial(_ isInitial: Bool) -> URL {
        run.folder.url.appendingPathComponent(".samples-\(round)\(isInitial ? "-initial" : "").partial")
    }

    private func draw(_ requests: [Request], _ student: Student, _ partial: URL) throws -> [StudentSample] {
        var (done, samples) = try restore(requests, partial)
        let file = try GrowingFile(partial, keeping: try JSONLines.data(samples))
        let total = requests.reduce(0) { $0 + $1.decode.streams.count }
        var meter = WorkMeter(run.observer, "sample", of: total, "samples", done: samples.count)
        while done < requests.count {
            let batch = requests[done..<min(done + Self.batchSize, requests.count)]
            let before = samples.count
            let drawn = try student.sample(batch.map(\.decode), slots: Self.slots) { finished, _ in
                meter.advance(to: before + finished)
                try Task.checkCancellation()
            }
            let records = zip(batch, drawn).flatMap { request, drawn in
                drawn.enumerated().map { index, sample in
                    StudentSample(
                        id: request.id, split: request.split, round: round, sample: request.first + index, text: sample.text,
                        ids: sample.ids,
                        finishReason: sample.finishReason)
                }
            }
            try file.append(records)
            samples += records
            done += batch.count
        }
        meter.advance(to: samples.count)
        meter.end()
        return samples
    }

    /// The whole batches of an interrupted process: number of prompts done, and their samples.
    private func restore(_ requests: [Request], _ partial: URL) throws -> (done: Int, samples: [StudentSample]) {
        let kept = try JSONLines.parse(StudentSample.self, GrowingFile.wholeLines(of: partial), name: partial.path)
        var (done, count) = (0, 0)
        while done < requests.count {
            let batch = requests[done..<min(done + Self.batchSize, requests.count)]
            let size = batch.reduce(0) { $0 + $1.decode.streams.count }
            guard count + size <= kept.count else { break }
            (done, count) = (done + batch.count, count + size)
        }
        return (done, Array(kept.prefix(count)))
    }
}

extension Run {
    /// The prompts to sample for pairs: the training prompts, then the unpaid ones if samples are ranked among themselves.
    var sampledPrompts: [(split: Split, prompt: Prompt)] {
        let unpaid = settings.pairing.rank == .teacher ? [] : prompts(.unpaid)
        return prompts(.train).map { (.train, $0) } + unpaid.prefix(settings.sampling.unpaidLimit ?? .max).map { (.unpaid, $0) }
    }
}

extension Student {
    /// The drop record of a prompt that cannot be continued; nil if it can.
    func drop(prompt: [TokenID], id: String, split: Split, round: Int? = nil, stage: Drop.Stage) -> Drop? {
        if prompt.isEmpty {
            return Drop(stage: stage, id: id, split: split, round: round, state: .emptyPrompt, detail: "the prompt has no tokens")
        }
        guard configuration.room(prompt: prompt.count) <= 0 else { return nil }
        let detail = "the prompt takes \(prompt.count) tokens; the student's context holds \(configuration.contextLength)"
        return Drop(stage: stage, id: id, split: split, round: round, state: .tooLong, detail: detail)
    }
}
