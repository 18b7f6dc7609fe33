import Foundation
import PladRecords
import Synchronization

/// Handles Ctrl-C, termination and a terminal that hangs up: the first asks the running work to save and stop, the second ends the
/// process at once. Only if paid requests are under way, the second cuts those and the third ends the process.
///
/// Signals are handled on a thread of their own, whatever the work does with the others. Long work calls `check()` at points where it
/// can stop without loss.
enum Interruption {
    private static let asked = Atomic<Int>(0)
    private static let requests = Locked<[PaidRequests]>([])
    private static let handlers = Locked<[@Sendable () -> Void]>([])

    /// Installs the handler; to be called first, before any other thread exists.
    static func install() {
        SignalThread.handle([SIGINT, SIGTERM, SIGHUP].filter { $0 != SIGHUP || !isIgnored($0) }) { _ in ask() }
    }

    /// Handles one more request of the user to stop.
    private static func ask() {
        let times = asked.add(1, ordering: .sequentiallyConsistent).newValue
        let (requests, count) = (requests.withLock { $0 }, requestsUnderWay)
        switch times {
        case 1:
            let safe = count == 0 ? "what is done is safe" : "\(words(for: count)) \(count == 1 ? "is" : "are") answered and kept"
            Console.say("\nstopping once \(safe) (again to \(count == 0 ? "stop at once" : "cut them"))")
            for handler in handlers.withLock({ $0 }) { handler() }
        case 2 where count > 0:
            Console.say("\ncutting \(words(for: count)), perhaps paid for all the same (again to stop at once)")
            for group in requests { group.cut() }
        default: _exit(ExitStatus.interrupted.rawValue)
        }
    }

    /// True if the signal is ignored, as SIGHUP is under `nohup`, and should stay so.
    private static func isIgnored(_ number: Int32) -> Bool {
        #if os(Linux)
            var action = sigaction()
            sigaction(number, nil, &action)
            return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        #else
            return false
        #endif
    }

    static var isAsked: Bool { asked.load(ordering: .relaxed) > 0 }

    /// The requests that a first Ctrl-C lets finish and a second cuts.
    struct PaidRequests: Sendable {
        var count: @Sendable () -> Int
        var cut: @Sendable () -> Void
    }

    static func letFinish(_ paid: PaidRequests) {
        requests.withLock { $0.append(paid) }
    }

    static var requestsUnderWay: Int { requests.withLock { $0 }.reduce(0) { $0 + $1.count() } }

    private static func words(for count: Int) -> String { "the \(count == 1 ? "request" : "\(count) requests") under way" }

    /// Throws `Interrupted` after the user has asked to stop.
    static func check() throws {
        if isAsked { throw Interrupted() }
    }

    /// Adds a handler to call when the user asks to stop, for work that waits elsewhere.
    static func onAsk(_ handler: @escaping @Sendable () -> Void) {
        handlers.withLock { $0.append(handler) }
        if isAsked { handler() }
    }
}

/// The error after the user asked to stop.
struct Interrupted: Failure {
    var message: String { "stopped; run the same command again to continue from here" }
    var exitStatus: ExitStatus { .interrupted }
}
