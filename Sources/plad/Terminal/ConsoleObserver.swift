import Foundation
import PladDistill
import PladRecords

/// Shows the progress of a run on the terminal, and lets Ctrl-C wait for its paid requests.
final class ConsoleObserver: RunObserver {
    /// Progress by the label of the work.
    private let meters = Locked<[String: Progress]>([:])

    func observe(_ event: RunEvent) {
        switch event {
        case .began(let work):
            meters.withLock { $0[work.label] = Progress(work.label, of: work.total, work.unit, done: work.initial) }
        case .advanced(let work): meters.withLock { $0[work.label]?.update(work.done, note: work.note) }
        case .ended(let work): meters.withLock { $0[work.label]?.finish(note: work.note) }
        case .stage(let name, let result, let duration): Console.stage(name, result, took: duration)
        case .notice(let stage, let text):
            // Each run of a sweep begins a paragraph.
            if stage == "sweep" { Console.say("") }
            Console.stage(stage, SettingFlags.commandLine(text))
        case .waits(.goesOn, let origin): Console.stage("going on", "\(origin) answers again")
        case .waits(.pauses(let time, let reason), let origin):
            Console.stage("waiting", Self.words(time, SettingFlags.commandLine(reason), origin))
        case .connected(let requests):
            Interruption.letFinish(
                .init(
                    count: { [weak requests] in requests?.requestsUnderWay ?? 0 }, cut: { [weak requests] in requests?.cutRequests() }))
        case .awaitsRequests(let count):
            guard !Interruption.isAsked else { return }
            Console.stage(
                "teach",
                "the asking has ended; requests under way, which are paid for, are waited for: \(count) (Ctrl-C twice cuts them)")
        }
    }

    func worded(_ sentence: String) -> String { SettingFlags.named(in: sentence) }

    private static func words(_ time: Duration, _ reason: String, _ origin: String) -> String {
        let seconds = time / .seconds(1)
        let clock = DateFormatter()
        clock.dateFormat = seconds > 43_200 ? "d MMM HH:mm" : "HH:mm:ss"
        let until = clock.string(from: Date(timeIntervalSinceNow: seconds))
        return "\(Progress.spelled(seconds)), until \(until), for \(origin) (\(reason)); Ctrl-C keeps the completions so far"
    }
}
