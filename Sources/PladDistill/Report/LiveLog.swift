import Foundation
import PladRecords

/// The steps of the current training phase, for a live report: the phase's head on the first line, then a line for each step. log.jsonl
/// is written as a whole when the phase ends.
///
/// Lines are not flushed to the disk, so a step costs microseconds; a reader uses whole lines only.
struct LiveLog {
    struct Head: Codable {
        var phase: String
        /// Number of steps in the phase.
        var total: Int
    }

    private let url: URL
    private let handle: FileHandle

    /// Starts the file with the steps of an earlier process.
    init(_ url: URL, phase: String, total: Int, done steps: [TrainingStep]) throws {
        self.url = url
        var data = try Head(phase: phase, total: total).jsonLine() + Data("\n".utf8)
        for step in steps { data += try step.jsonLine() + Data("\n".utf8) }
        do {
            try data.write(atomicallyTo: url)
            handle = try FileHandle(forWritingTo: url)
            try handle.seekToEnd()
        } catch {
            throw RecordError(.unwritable, "cannot write \(url.path): \(Files.reason(error))")
        }
    }

    func append(_ step: TrainingStep) throws {
        do {
            try handle.write(contentsOf: step.jsonLine() + Data("\n".utf8))
        } catch {
            throw RecordError(.unwritable, "cannot write \(url.path): \(Files.reason(error))")
        }
    }

    /// The file's steps; nil if no phase is training.
    static func read(_ url: URL) throws -> (head: Head, steps: [TrainingStep])? {
        // It may go away between any two calls: then there is nothing to read.
        guard let data = try? Data(contentsOf: url), let end = data.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
        let lines = JSONLines.lines(of: data[...end])
        guard let first = lines.first else { return nil }
        let decoder = JSONDecoder.ofLines
        let head = try decoder.decode(Head.self, from: first.line)
        return (head, try lines.dropFirst().map { try decoder.decode(TrainingStep.self, from: $0.line) })
    }
}
