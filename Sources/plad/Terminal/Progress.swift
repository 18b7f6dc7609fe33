import Foundation

/// The progress of a long piece of work, with its rate and the time left.
///
/// On a terminal, one line is redrawn; elsewhere a line is printed every ten seconds and at the end.
struct Progress: Sendable {
    private let label: String
    private let unit: String
    private let total: Int
    private let start = ContinuousClock.now
    private let initial: Int
    private var shown: ContinuousClock.Instant?
    private var done: Int
    private var note = ""

    /// - Parameters:
    ///   - label: name of the work: "teacher", "warm-up".
    ///   - unit: items counted: "completions", "steps".
    ///   - done: number of items done before this process started.
    init(_ label: String, of total: Int, _ unit: String, done: Int = 0) {
        self.label = label
        self.total = total
        self.unit = unit
        self.done = done
        initial = done
    }

    mutating func update(_ done: Int, note: String = "") {
        self.done = done
        self.note = note
        let now = ContinuousClock.now
        let pause: Duration = Console.isTerminal ? .milliseconds(100) : .seconds(10)
        if let shown, now - shown < pause { return }
        if shown == nil, !Console.isTerminal, now - start < pause { return }
        shown = now
        write(line(ended: false), last: false)
    }

    /// Prints the last line: the number of items and the time.
    mutating func finish(note: String = "") {
        self.note = note
        write(line(ended: true), last: true)
    }

    private func write(_ line: String, last: Bool) {
        let text = Console.isTerminal ? "\r\u{1B}[K" + line + (last ? "\n" : "") : line + "\n"
        Console.write(text)
    }

    private func line(ended: Bool) -> String {
        let elapsed = ContinuousClock.now - start
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        let rate = seconds > 0 ? Double(done - initial) / seconds : 0
        var text = "\(label.padding(toLength: max(10, label.count), withPad: " ", startingAt: 0)) \(done)/\(total) \(unit)"
        text += "  \(rate >= 10 ? String(Int(rate)) : String(format: "%.1f", rate))/s"
        if ended {
            text += "  \(Self.spelled(seconds))"
        } else if rate > 0 {
            text += "  \(Self.spelled(Double(total - done) / rate)) left"
        }
        return (note.isEmpty ? text : text + "  " + note).printableLine
    }

    /// A duration in words: "4.2 s", "3 min 05 s", "2 h 10 min".
    static func spelled(_ seconds: Double) -> String {
        switch seconds {
        case ..<60: String(format: "%.1f s", seconds)
        case ..<3600: String(format: "%d min %02d s", Int(seconds) / 60, Int(seconds) % 60)
        default: String(format: "%d h %02d min", Int(seconds) / 3600, Int(seconds) % 3600 / 60)
        }
    }
}
