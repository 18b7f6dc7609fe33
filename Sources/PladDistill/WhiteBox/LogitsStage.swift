package import Foundation
import PladRecords
package import PladStudent
import PladTraining

/// Writes the truncated distributions of a teacher at every token of some texts to a file, which trainings read in place.
///
/// Texts that the file has already are not computed again, whichever texts it was made for. A killed stage goes on at the last whole
/// block; the file is then the same to the byte as an uninterrupted one.
package struct LogitsStage {
    private let teacher: Student
    private let header: LogitsHeader
    private let spellings: TokenSpellings
    private let observer: any RunObserver

    /// What a stage did.
    package struct Summary: Codable, Sendable, Equatable {
        /// Texts asked for, and those of them that the file had.
        package var texts, reused: Int
        /// Positions, kept tokens and bytes of the whole file.
        package var positions, keptTokens, bytes: Int
        /// Bytes of the file for each of its positions.
        package var bytesPerToken: Double
        /// Texts of fewer than two tokens, and repeated ones; neither is kept.
        package var shortTexts, repeatedTexts: Int
    }

    /// Positions that end a block.
    private static let blockPositions = 16_384
    /// Positions that are computed together.
    private static let batchPositions = 2_048

    /// Reads the teacher. Throws `StudentError`, and `TrainingError.memory` before anything is read if it does not fit.
    package init(teacher folder: URL, truncation: Truncation, threads: Int, observer: any RunObserver) throws {
        guard truncation.topP > 0, truncation.topP <= 1 else {
            throw SettingError(path: "top_p", problem: "\(truncation.topP): give a share above 0, at most 1")
        }
        guard truncation.topK >= 1 else { throw SettingError(path: "top_k", problem: "\(truncation.topK): give at least 1 token") }
        teacher = try Student(teacher: folder, threads: threads)
        spellings = TokenSpellings(teacher.tokenizer, count: teacher.configuration.vocabularySize)
        header = LogitsHeader(teacher: try StudentLocation.digest(folder), truncation: truncation, spellings: spellings)
        self.observer = observer
    }

    /// - Parameters:
    ///   - texts: a file of plain texts, or a run's folder.
    ///   - window: largest number of tokens of a text; longer ones are cut. Nil to refuse them.
    ///
    /// Throws `CancellationError` when its task is cancelled; what is done is kept.
    package func callAsFunction(_ texts: String, window: Int?, out: URL) throws -> Summary {
        let encoded = try WhiteBoxTexts.read(texts, for: teacher, window: window, observer: observer)
        if Files.exists(out) {
            let file = try LogitsFile(out)
            try file.check(header)
            if encoded.texts.allSatisfy({ file.holds($0.key) }) { return summary(file, encoded, reused: encoded.texts.count) }
        }
        let writer = try LogitsWriter(out, header: header, spellings: spellings)
        let missing = encoded.texts.filter { !writer.known.contains($0.key) }
        try write(missing, to: writer, total: encoded.texts.count)
        return summary(try LogitsFile(out), encoded, reused: encoded.texts.count - missing.count)
    }

    private func write(_ texts: [EncodedText], to writer: LogitsWriter, total: Int) throws {
        var meter = WorkMeter(observer, "logits", of: total, "texts", done: total - texts.count)
        var (next, done) = (0, total - texts.count)
        while next < texts.count {
            var (keys, block): ([(key: Digest, positions: Int)], TokenDistributions) = ([], TokenDistributions())
            while next < texts.count, block.count < Self.blockPositions {
                let (first, open) = (next, Self.blockPositions - block.count)
                var positions = 0
                while next < texts.count, positions < min(Self.batchPositions, open) {
                    positions += texts[next].positions
                    next += 1
                }
                block += try teacher.distributions(of: texts[first..<next].map(\.ids), header.truncation)
                keys += texts[first..<next].map { ($0.key, $0.positions) }
                done += next - first
                meter.advance(to: done)
                try Task.checkCancellation()
            }
            try writer.append(keys, block)
        }
        try writer.finish()
        meter.end()
    }

    private func summary(_ file: LogitsFile, _ encoded: WhiteBoxTexts.Encoded, reused: Int) -> Summary {
        Summary(
            texts: encoded.texts.count, reused: reused, positions: file.positions, keptTokens: file.entries, bytes: file.bytes,
            bytesPerToken: Double(file.bytes) / Double(max(1, file.positions)), shortTexts: encoded.short,
            repeatedTexts: encoded.repeated)
    }
}

extension Student {
    /// Reads a teacher whose distributions are wanted: one that predicts plain text, and fits into memory.
    ///
    /// Throws `TrainingError.memory` with the numbers before it is read, and `StudentError.config` for an encoder-decoder.
    /// - Parameter readsPlainText: false for one that reads prompts, which an encoder-decoder can.
    package convenience init(teacher folder: URL, threads: Int, readsPlainText: Bool = true) throws {
        let shape = try StudentShape(folder: folder)
        guard !readsPlainText || !shape.configuration.hasEncoder else {
            throw StudentError(
                .config, "\(folder.path) has an encoder, and plain text has no prompt for one to read; take a teacher that is a decoder")
        }
        try MemoryPlan.checkTeacher(shape, place: folder.path)
        try self.init(at: folder, threads: threads)
    }
}
