import Foundation
import PladRecords
import PladStudent

/// Draws the samples that every student is measured with: a few of the warmed-up student for each held-out prompt.
///
/// They do not depend on the later training, so that runs can be compared. Reads prompts.jsonl and checkpoints/warm-up; writes
/// held-out/samples.jsonl, batch by batch.
struct HeldOutSampling {
    let run: Run

    /// Number of prompts whose samples are drawn and stored together.
    private static let batchSize = 64

    /// The random stream of a held-out prompt's sample, the same for every student.
    static func stream(_ seed: UInt64, _ id: String, _ sample: Int) -> SeededGenerator {
        SeededGenerator(seed: seed, "evaluate", id, String(sample))
    }

    /// The samples by prompt; none for a prompt that cannot be continued.
    func callAsFunction() throws -> [String: [StudentSample]] {
        let file = run.folder.heldOutSamples
        let samples = try Files.exists(file) ? JSONLines.read(StudentSample.self, from: file) : draw(to: file)
        return Dictionary(grouping: samples, by: \.id)
    }

    private func draw(to place: URL) throws -> [StudentSample] {
        let count = run.settings.evaluation.samples
        try run.folder.requireIntact(run.folder.checkpoint("warm-up"))
        let student = try Student(folder: run.folder.checkpoint("warm-up"), threads: run.settings.student.threads ?? 1)
        try run.folder.require(run.folder.teacher, madeBy: "teach")
        let answered = Set(try JSONLines.read(TeacherCompletion.self, from: run.folder.teacher).map(\.id))
        let prompts = try run.prompts(run.reported).filter { answered.contains($0.id) }.map {
            (id: $0.id, ids: try run.wording.student($0, student.tokenizer).ids)
        }
        .filter { student.drop(prompt: $0.ids, id: $0.id, split: run.reported, stage: .evaluate) == nil }
        var file = try RecordFile<StudentSample>(place)
        // Every prompt has as many samples, so their number tells how far an earlier process came.
        var done = count > 0 ? file.records.count / count : prompts.count
        var meter = WorkMeter(run.observer, "evaluate", of: prompts.count * count, "samples", done: done * count)
        while done < prompts.count {
            let batch = prompts[done..<min(done + Self.batchSize, prompts.count)]
            let requests = batch.map { prompt in
                let streams = (0..<count).map { Self.stream(run.settings.run.seed, prompt.id, $0) }
                return DecodeRequest(prompt: prompt.ids, parameters: run.settings.studentParameters, streams: streams)
            }
            let drawn = try student.sample(requests, slots: SampleStage.slots) { finished, _ in
                meter.advance(to: done * count + finished)
                try Task.checkCancellation()
            }
            try file.append(
                zip(batch, drawn).flatMap { prompt, samples in
                    samples.enumerated().map { index, sample in
                        StudentSample(
                            id: prompt.id, split: run.reported, round: 1, sample: index, text: sample.text, ids: sample.ids,
                            finishReason: sample.finishReason)
                    }
                })
            done += batch.count
        }
        meter.advance(to: prompts.count * count)
        meter.end(note: "warm-up")
        try file.finish()
        return file.records
    }
}
