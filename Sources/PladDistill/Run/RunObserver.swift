/// Hears what a run does. Stages say nothing themselves: a command line, a log or a window is an observer.
public protocol RunObserver: Sendable {
    /// Takes an event. It is called from whatever thread works, often, and holds the work up for as long as it takes.
    func observe(_ event: RunEvent)
    /// A sentence as it is to be kept in a run's records, for people who know the settings by other names than the library's.
    func worded(_ sentence: String) -> String
}

extension RunObserver {
    public func worded(_ sentence: String) -> String { sentence }
}

/// Something that happens in a run.
public enum RunEvent: Sendable {
    /// A long piece of work begins.
    case began(Work)
    /// A long piece of work is further on than it was.
    case advanced(Work)
    /// A long piece of work has ended.
    case ended(Work)
    /// A stage is done, with what it came to; `duration` is nil where that was done by an earlier process.
    case stage(name: String, result: String, duration: Duration?)
    /// Something that a person may want to know: a sentence that names its stage first.
    case notice(stage: String, String)
    /// The endpoint's state makes everybody wait, or asking goes on.
    case waits(EndpointNotice, origin: String)
    /// Requests are sent from now on that are paid for; whoever ends the process early can ask how many, and cut them.
    case connected(any PaidRequests)
    /// The asking has ended early, and so many requests under way are waited for, since they are paid for.
    case awaitsRequests(Int)
}

/// The progress of a long piece of work.
public struct Work: Sendable, Equatable {
    /// The work: `teach`, `warm-up`, `sample`.
    public let label: String
    /// The things counted: `answers`, `steps`.
    public let unit: String
    public let total: Int
    /// The part that was done before this process began.
    public let initial: Int
    public var done: Int
    /// A further note, such as the loss; may be empty.
    public var note = ""
}

/// Requests that may have been paid for although no answer has come yet.
public protocol PaidRequests: AnyObject, Sendable {
    /// The number of requests that are on the wire or have an answer that is not kept yet.
    var requestsUnderWay: Int { get }
    /// Ends them.
    func cutRequests()
}

/// Why nobody asks an endpoint for a while, or that it answers again.
public enum EndpointNotice: Sendable, Hashable {
    case pauses(Duration, because: String)
    case goesOn
}

/// An observer that keeps nothing.
public struct SilentObserver: RunObserver {
    public init() {}
    public func observe(_ event: RunEvent) {}
}

extension RunObserver {
    func notice(_ stage: String, _ text: String) { observe(.notice(stage: stage, text)) }

    func done(_ stage: String, _ result: String, since start: ContinuousClock.Instant) {
        observe(.stage(name: stage, result: result, duration: start.duration(to: .now)))
    }

    func doneBefore(_ stage: String) { observe(.stage(name: stage, result: "done before", duration: nil)) }
}

/// Tells an observer how far a piece of work is.
struct WorkMeter {
    private let observer: any RunObserver
    private var work: Work

    init(_ observer: any RunObserver, _ label: String, of total: Int, _ unit: String, done: Int = 0) {
        self.observer = observer
        work = Work(label: label, unit: unit, total: total, initial: done, done: done)
        observer.observe(.began(work))
    }

    mutating func advance(to done: Int, note: String = "") {
        (work.done, work.note) = (done, note)
        observer.observe(.advanced(work))
    }

    /// The end: what was done last stands.
    mutating func end(note: String = "") {
        work.note = note
        observer.observe(.ended(work))
    }
}
