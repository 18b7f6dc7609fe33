/// An observer of a run's events, such as a command line, a log or a window. Stages print nothing themselves.
public protocol RunObserver: Sendable {
    /// Receives an event. Called often, on any working thread, and blocks the work until it returns.
    func observe(_ event: RunEvent)
    /// Rewords a sentence for the run's records, for people who know the settings by other names than the library's.
    func worded(_ sentence: String) -> String
}

extension RunObserver {
    public func worded(_ sentence: String) -> String { sentence }
}

/// An event of a run.
public enum RunEvent: Sendable {
    /// A long piece of work starts.
    case began(Work)
    /// A long piece of work has progressed.
    case advanced(Work)
    /// A long piece of work has ended.
    case ended(Work)
    /// A stage is complete, with its result; `duration` is nil if an earlier process did it.
    case stage(name: String, result: String, duration: Duration?)
    /// Information for a person: a sentence that names its stage first.
    case notice(stage: String, String)
    /// All requests wait because of the endpoint's state, or continue.
    case waits(EndpointNotice, origin: String)
    /// Paid requests are sent from now on; an observer that ends the process early can count and abort them.
    case connected(any PaidRequests)
    /// The requests ended early, and so many that are on the wire are awaited, since they are paid for.
    case awaitsRequests(Int)
}

/// The progress of a long piece of work.
public struct Work: Sendable, Equatable {
    /// Name of the work: `teach`, `warm-up`, `sample`.
    public let label: String
    /// Name of the items counted: `completions`, `steps`.
    public let unit: String
    public let total: Int
    /// Number of items done before this process started.
    public let initial: Int
    public var done: Int
    /// Additional note, such as the loss; may be empty.
    public var note = ""
}

/// The requests that may have been paid for although their completion has not arrived.
public protocol PaidRequests: AnyObject, Sendable {
    /// Number of requests that are on the wire or whose completion is not stored yet.
    var requestsUnderWay: Int { get }
    /// Aborts them.
    func cutRequests()
}

/// The reason why no requests are sent to an endpoint for a while, or that it responds again.
public enum EndpointNotice: Sendable, Hashable {
    case pauses(Duration, because: String)
    case goesOn
}

/// An observer that ignores all events.
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

/// Reports the progress of a piece of work to an observer.
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

    /// Reports the end, with the last progress.
    mutating func end(note: String = "") {
        work.note = note
        observer.observe(.ended(work))
    }
}
