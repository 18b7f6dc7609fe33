package import Foundation
package import PladRecords
import PladStudent
import PladTensor

/// A trainer's state on disk: one line of JSON, then weights, first and second moments, and the last good weights if they are kept, as
/// little-endian float32, each in the order of the student's tensors; at the end the SHA-256 of all before it, 32 bytes, which states
/// of older versions lack.
private struct CheckpointHeader: Codable {
    /// Digest of the student, data and settings: a state is restored only in the same training.
    var fingerprint: String
    /// Number of floats in each of the blocks.
    var count: Int
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
        let line = try header.jsonLine() + Data("\n".utf8)
        try Files.replace(file) { handle in
            try handle.write(contentsOf: line)
            for block in blocks {
                try handle.write(contentsOf: Data(bytesNoCopy: block.pointer, count: block.count * 4, deallocator: .none))
            }
            let digest = line.withUnsafeBytes { line in
                Digest(ofParts: [line] + blocks.map { UnsafeRawBufferPointer(start: $0.pointer, count: $0.count * 4) })
            }
            try handle.write(contentsOf: Data(digest.bytes))
        }
    }

    /// Restores the state from `file`; returns false if there is no such file.
    ///
    /// Throws `TrainingError.foreignCheckpoint` if it belongs to a training of other pairs, weights or settings, or is damaged.
    @discardableResult
    package func restore(from file: URL) throws -> Bool {
        guard Files.exists(file) else { return false }
        let data = try Data(reading: file)
        func refuse(_ problem: String) -> TrainingError {
            TrainingError(.foreignCheckpoint, "\(file.path) \(problem); remove it to train from the start, or give another folder")
        }
        let line = data.prefix { $0 != UInt8(ascii: "\n") }
        let (count, start) = (student.trainable.buffer.count, line.endIndex + 1)
        let numbers = blocks.count * count * 4
        if data.count - start == numbers + 32, Digest(of: data.dropLast(32)).bytes != Array(data.suffix(32)) {
            throw refuse("is damaged: its bytes are not those that were written")
        }
        guard let header = try? JSONDecoder.ofLines.decode(CheckpointHeader.self, from: line) else {
            throw refuse("is not a training state")
        }
        guard header.fingerprint == fingerprint else { throw refuse("is the state of a training with other pairs, weights or settings") }
        guard header.count == count, [numbers, numbers + 32].contains(data.count - start) else {
            throw refuse("is damaged: \(data.count - start) bytes of numbers, not \(numbers + 32)")
        }
        for (index, block) in blocks.enumerated() {
            let offset = start + index * count * 4
            data.copyBytes(to: UnsafeMutableRawBufferPointer(start: block.pointer, count: count * 4), from: offset..<offset + count * 4)
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
        student: Student, pairs: [EncodedGroup], loss: any Loss, settings: TrainingSettings, phase: String
    ) throws -> String {
        let parts = [
            phase, "\(loss)", String(decoding: try settings.jsonLine(inSnakeCase: false), as: UTF8.self),
            "threads \(student.workers.threads)",
            student.weightsDigest,
            Digest(of: pairs.map { "\($0.prompt)\($0.candidates)\($0.keepsChosen ? "" : "-")" }.joined()).description,
        ]
        return Digest(of: parts.joined(separator: "\n")).description
    }
}
