package import Foundation
package import PladRecords
import PladStudent
import PladTensor

/// The first line of a trainer's state. Blocks of weights, first and second moments, and the last good weights if they are kept, follow it,
/// each in the order of the student's tensors.
private struct CheckpointHeader: StateHeader {
    var fingerprint: String
    var count: Int
    var digest: String? = "sha256"
    /// Steps done.
    var log: [TrainingStep]
    /// State of the watch for collapse, if there is one. A fourth block holds the last good weights.
    var watched: CollapseWatch.State?
}

extension Trainer {
    /// Trains to the end, or to a collapse if that is watched for, from the restored state.
    ///
    /// The state is saved every `seconds`, and when `afterStep` throws, which stops the training and is rethrown. The file is kept at
    /// the end; the caller removes it.
    ///
    /// Throws `TrainingError.diverged`, and `TrainingError.collapsed` unless the settings say to roll back.
    package func run(state file: URL, every seconds: Double, afterStep: (TrainingStep) throws -> Void) throws {
        var saved = ContinuousClock.now
        while !isDone {
            try guardedStep()
            if let heldOut, heldOut.looks(after: log.count, of: totalSteps), !log.isEmpty {
                log[log.count - 1].heldOutLoss = try heldOut(student)
            }
            guard collapse == nil, let record = log.last else { break }
            do {
                try afterStep(record)
            } catch {
                try save(to: file)
                throw error
            }
            if !isDone, saved.duration(to: .now) >= .seconds(seconds) {
                try save(to: file)
                saved = .now
            }
        }
    }

    /// Writes the state atomically. Throws `RecordError.unwritable`.
    package func save(to file: URL) throws {
        let header = CheckpointHeader(fingerprint: fingerprint, count: student.trainable.buffer.count, log: log, watched: watch?.state)
        try StateFile(url: file, blocks: blocks).write(header)
    }

    /// Restores the state from `file`; returns false if there is no such file.
    ///
    /// Throws `TrainingError.foreignCheckpoint` if it belongs to a training of other pairs, weights or settings, or is damaged.
    @discardableResult
    package func restore(from file: URL) throws -> Bool {
        guard let header = try StateFile(url: file, blocks: blocks).read(CheckpointHeader.self, fingerprint: fingerprint) else {
            return false
        }
        log = header.log
        if let state = header.watched { watch?.state = state }
        return true
    }

    private var blocks: [AlignedBuffer] {
        [student.trainable.buffer, moments.first.buffer, moments.second.buffer] + (watch.map { [$0.good.buffer] } ?? [])
    }

    /// A digest of the inputs that decide a training's result, computed before the first step.
    static func fingerprint(
        student: Student, pairs: [EncodedGroup], loss: any Loss, settings: TrainingSettings, phase: String, textTerm: TextTerm? = nil
    ) throws -> String {
        var parts = [
            phase, "\(loss)", String(decoding: try settings.jsonLine(inSnakeCase: false), as: UTF8.self),
            "threads \(student.workers.threads)",
            student.weightsDigest,
            Digest(of: pairs.map { "\($0.prompt)\($0.candidates)\($0.keepsChosen ? "" : "-")" }.joined()).description,
        ]
        if let textTerm { parts.append("\(textTerm.weight) \(Digest(of: Data(textTerm.texts.flatMap(\.key.bytes))))") }
        return Digest(of: parts.joined(separator: "\n")).description
    }
}
