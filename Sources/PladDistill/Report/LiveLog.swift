import Foundation
import PladRecords

/// The steps of the phase that is training now, for those who watch: the phase's head on the first line, then a line a
/// step. log.jsonl, the record, is written as a whole when the phase ends.
///
/// Lines are not forced onto the disk, so a step costs microseconds; a watcher reads whole lines only.
struct LiveLog {
    struct Head: Codable {
        var phase: String
        /// The number of steps that the phase takes.
        var total: Int
    }

    private let url: URL
    private let handle: FileHandle

    /// Begins the file with the steps that an earlier process did.
    init(_ url: URL, phase: String, total: Int, done steps: [TrainingStep]) throws {
        self.url = url
        var data = try Head(phase: phase, total: total).jsonLine() + Data("\n".utf8)
        for step in steps { data += try step.jsonLine() + Data("\n".utf8) }
        do {
            try data.write(to: url)
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

    /// The file's steps, nil where no phase is training.
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
