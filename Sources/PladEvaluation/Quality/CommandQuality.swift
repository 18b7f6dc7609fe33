package import Foundation
package import PladRecords

/// The quality that a program of the user's gives each completion.
///
/// The program is started once. It reads a JSON line `{"id","prompt"|"messages","completion"}` (with `answer`, `facts` and `teacher` if
/// there are any) and writes a line with a number; greater is better, and 1 is fully right.
///
/// Throws `EvaluationError.quality` if it cannot be started, ends early, writes no number or takes longer than `timeout`.
package final class CommandQuality: Quality, @unchecked Sendable {
    package let needsTeacher = false

    private let command: String
    /// Largest number of seconds for one completion.
    private let timeout: Double
    /// Guards `running`: completions are scored one after the other.
    private let lock = NSLock()
    private var running: Coprocess?

    package init(_ command: String, timeout: Double = 60) {
        (self.command, self.timeout) = (command, timeout)
    }

    package func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) throws -> [Double]? {
        try lock.withLock {
            let process = try running ?? Coprocess(command)
            running = process
            return try candidates.map { try score($0, prompt, teacher, process) }
        }
    }

    private struct Question: Encodable {
        var id: String
        var prompt: String?
        var messages: [Message]?
        var completion: String
        var answer: String?
        var facts: [String]?
        var teacher: [String]?
    }

    /// The JSON line that the program is given for a candidate.
    package static func question(_ candidate: String, _ prompt: Prompt, _ teacher: [String]) throws -> Data {
        let question = Question(
            id: prompt.id, prompt: prompt.text, messages: prompt.text == nil ? prompt.messages : nil, completion: candidate,
            answer: prompt.answer, facts: prompt.facts.isEmpty ? nil : prompt.facts, teacher: teacher.isEmpty ? nil : teacher)
        return try question.jsonLine()
    }

    private func score(_ candidate: String, _ prompt: Prompt, _ teacher: [String], _ process: Coprocess) throws -> Double {
        let question = try Self.question(candidate, prompt, teacher)
        do {
            let line = try process.reply(to: question + Data("\n".utf8), within: timeout)
            guard let number = Double(line.trimmingCharacters(in: .whitespaces)), number.isFinite else {
                throw CoprocessError(message: "wrote \"\(line.prefix(80))\" where a number belongs")
            }
            return number
        } catch let error as CoprocessError {
            running = nil
            throw EvaluationError(.quality, "the quality command \"\(command)\" \(error.message) (prompt \"\(prompt.id)\")")
        }
    }
}

private struct CoprocessError: Error {
    var message: String
}

/// A program that answers each line of input with a line.
private final class Coprocess {
    private let program: ChildProgram
    /// Socket to the program's input; not a pipe, since writing to an ended program must not raise a signal.
    private let input: Int32
    private let output: Int32
    private var buffer: [UInt8] = []
    private var hasEnded = false

    init(_ command: String) throws {
        var (inputs, outputs): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &inputs) == 0, pipe(&outputs) == 0 else {
            throw CoprocessError(message: "cannot be started: \(String(cString: strerror(errno)))")
        }
        for end in inputs + outputs { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { for end in [inputs[1], outputs[1]] { close(end) } }
        (input, output) = (inputs[0], outputs[0])
        do {
            program = try ChildProgram("/bin/sh", ["-c", command], files: [(STDIN_FILENO, inputs[1]), (STDOUT_FILENO, outputs[1])])
        } catch let error as ChildError {
            for end in [inputs[0], outputs[0]] { close(end) }
            throw CoprocessError(message: "cannot be started: \(error.reason)")
        }
    }

    deinit {
        close(input)
        close(output)
        // At the end of its input a program mostly ends by itself.
        if !hasEnded { _ = program.end(within: 0.1) }
    }

    func reply(to question: Data, within seconds: Double) throws -> String {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var left = Array(question)[...]
        while !left.isEmpty {
            try wait(for: input, Int16(POLLOUT), until: deadline, seconds)
            let count = left.withUnsafeBytes { send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
            if count > 0 {
                left = left.dropFirst(count)
            } else if ![EINTR, EAGAIN].contains(errno) {
                // It reads no more: what it has written says why, or that it has ended.
                break
            }
        }
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line
            }
            guard buffer.count < 1 << 16 else { throw CoprocessError(message: "wrote 64 KB without the end of a line") }
            try wait(for: output, Int16(POLLIN), until: deadline, seconds)
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(output, &chunk, chunk.count)
            if count > 0 { buffer += chunk[..<count] } else if count == 0 || errno != EINTR { throw ended() }
        }
    }

    private func wait(for descriptor: Int32, _ events: Int16, until deadline: ContinuousClock.Instant, _ seconds: Double) throws {
        while true {
            let left = ContinuousClock.now.duration(to: deadline) / .seconds(1)
            guard left > 0 else { throw CoprocessError(message: "gave no number within \(Int(seconds)) seconds") }
            var state = pollfd(fd: descriptor, events: events, revents: 0)
            if poll(&state, 1, Int32(min(left, 60) * 1000) + 1) > 0 { return }
        }
    }

    private func ended() -> CoprocessError {
        hasEnded = true
        guard let status = program.end(within: 1) else {
            return CoprocessError(message: "closed its input or output before it gave a number")
        }
        return CoprocessError(message: "ended with status \(status) before it gave a number")
    }
}
