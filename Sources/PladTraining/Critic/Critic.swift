package import Foundation
import PladRecords
package import PladStudent
package import PladTensor

/// A copy of a student with a scalar head on a completion's last token: the higher its value, the more a completion is like the
/// teacher's of such prompts.
///
/// It needs no teacher's text to value a completion, so it ranks samples of prompts that were never paid for. Trained by
/// `CriticTrainer`. Source: reward models (arXiv 2009.01325, section 3.4), with the teacher's text in place of a person's choice.
package final class Critic {
    package let student: Student
    /// [C] of the head; the bias is what makes the teacher's completions 0 on average.
    package let head: AlignedBuffer
    package internal(set) var bias = 0.0

    /// A new critic: the head is random, normal(0, 1 / √(C + 1)).
    package init(student: Student, seed: UInt64) {
        self.student = student
        head = AlignedBuffer(count: student.configuration.width)
        var generator = SeededGenerator(seed: seed, "critic")
        let deviation = 1 / Double(head.count + 1).squareRoot()
        for index in 0..<head.count { head.pointer[index] = Float(deviation * generator.normal()) }
    }

    /// The values of each tree's continuations, [tree][continuation].
    ///
    /// Throws `StudentError.context` when a tree holds an id outside the vocabulary or exceeds the context.
    package func values(of trees: [PromptTree]) throws -> [[Double]] {
        try student.lastRows(of: trees).map { $0.map { value(of: $0) + bias } }
    }

    func value(of row: [Float]) -> Double {
        row.indices.reduce(0) { $0 + Double(row[$1]) * Double(head.pointer[$1]) }
    }

    // MARK: Files

    private struct HeadFile: Codable {
        var head: [Float]
        var bias: Double
    }

    private static let headName = "critic.json"

    /// True if a critic was saved whole in a folder.
    package static func isOne(_ folder: URL) -> Bool { Files.exists(folder.appendingPathComponent(headName)) }

    /// Writes the folder of the student that it has become, and critic.json with the head. Throws as `Student.save` does.
    package func save(to folder: URL) throws {
        try student.save(to: folder, as: .f32)
        let file = HeadFile(head: Array(UnsafeBufferPointer(start: head.pointer, count: head.count)), bias: bias)
        try file.jsonLine().write(atomicallyTo: folder.appendingPathComponent(Self.headName))
    }

    /// Reads a folder that `save` wrote. Throws what `Student` throws, and `RecordError.malformed` for a head of another width.
    package init(folder: URL, threads: Int) throws {
        student = try Student(folder: folder, threads: threads)
        let url = folder.appendingPathComponent(Self.headName)
        guard let file = try JSONLines.read(HeadFile.self, from: url).first, file.head.count == student.configuration.width else {
            throw RecordError(
                .malformed, "\(url.path) holds no head of \(student.configuration.width) numbers; it is no critic of this student")
        }
        head = AlignedBuffer(count: file.head.count)
        head.pointer.update(from: file.head, count: file.head.count)
        bias = file.bias
    }
}
