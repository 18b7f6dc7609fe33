import Foundation
import PladRecords
package import PladStudent

/// The memory that a training will use, in bytes, known before it is allocated.
package struct MemoryPlan: Sendable, Equatable, Encodable {
    package var weights: Int
    package var gradients: Int
    /// Bytes of AdamW's two moments.
    package var optimiser: Int
    /// Bytes of the last good weights, if a guard keeps them.
    package var guarded: Int
    /// Bytes of the activations that one pass keeps, with the memory of attention and head.
    package var activations: Int
    /// Number of token rows in the largest pass.
    package var rows: Int

    package var total: Int { weights + gradients + optimiser + guarded + activations }

    /// - Parameters:
    ///   - student: size of the student to train.
    ///   - trees: numbers of tokens in the prompts and completions of the largest pass.
    package init(_ student: StudentShape, pass trees: [(prompt: Int, completions: [Int])], threads: Int, guarded: Bool = false) {
        (weights, gradients) = (4 * (student.parameters + student.adapterParameters), 4 * student.trainableParameters)
        optimiser = 2 * gradients
        self.guarded = guarded ? gradients : 0
        let pass = student.pass(trees, threads: threads)
        (activations, rows) = (pass.bytes, pass.rows)
    }

    /// The items, the largest first, a line each.
    package var table: String {
        let good = guarded > 0 ? [("last good", guarded)] : []
        let lines: [(String, Int)] =
            [("weights", weights), ("gradients", gradients), ("optimiser", optimiser)] + good
            + [("activations", activations), ("together", total)]
        return lines.map { name, bytes in
            let note = name == "activations" ? "  for \(rows) token rows a pass" : ""
            return name.padding(toLength: 14, withPad: " ", startingAt: 0) + Self.text(bytes).leftPadded(to: 10) + note
        }.joined(separator: "\n")
    }

    package static func text(_ bytes: Int) -> String {
        bytes >= 1 << 30 ? String(format: "%.2f GiB", Double(bytes) / 0x1p30) : String(format: "%.1f MiB", Double(bytes) / 0x1p20)
    }

    /// Throws `TrainingError.memory` with the table if the plan needs more than `available` bytes.
    package func check(available: Int?) throws {
        guard let available, total > available else { return }
        throw TrainingError(
            .memory,
            "this training takes \(Self.text(total)), and \(Self.text(available)) are free:\n\(table)\nlower `rows_per_pass` for the activations, or train an adapter (`adapter.rank`) for gradients and optimiser"
        )
    }

    /// Throws `TrainingError.memory` if a teacher that only predicts needs more than the free memory: its weights as float32, and the
    /// activations of a layer.
    package static func checkTeacher(_ teacher: StudentShape, place: String, available: Int? = available()) throws {
        let needed = 4 * teacher.parameters + 1 << 27
        guard let available, needed > available else { return }
        throw TrainingError(
            .memory,
            "\(place): the teacher takes \(text(needed)), and \(text(available)) are free; take a smaller teacher or another machine")
    }

    /// Number of bytes that this process can still allocate, by the machine's free memory and its control group; nil if neither is
    /// known.
    package static func available() -> Int? {
        let machine = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)).flatMap { text in
            text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
                .flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") }.map { $0 << 10 }
        }
        func number(_ name: String) -> Int? {
            (try? String(contentsOfFile: "/sys/fs/cgroup/" + name, encoding: .utf8))
                .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        // What the group holds of files' pages is given back when it is wanted.
        let pages = (try? String(contentsOfFile: "/sys/fs/cgroup/memory.stat", encoding: .utf8)).flatMap { text in
            text.split(separator: "\n").first { $0.hasPrefix("file ") }.flatMap { Int($0.dropFirst(5)) }
        }
        let group = number("memory.max").flatMap { limit in number("memory.current").map { max(0, limit - $0 + (pages ?? 0)) } }
        return [machine, group].compactMap { $0 }.min()
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
