import Foundation
import PladRecords
import Synchronization

/// Where words go: results to standard output, everything else to standard error. Nothing reaches either that would control a terminal.
enum Console {
    static let isTerminal = isatty(STDERR_FILENO) == 1

    /// Standard output as a stream of plad's own: Swift takes C's `stdout` for state that threads share.
    /// Nil where that is closed.
    nonisolated(unsafe) private static let output = fdopen(STDOUT_FILENO, "w")
    /// The first reason why a result could not be written, as `errno`; 0 for none.
    private static let failure = Atomic<Int32>(0)

    /// A result, for a person or a program to read. One that cannot be written is told by `flush`.
    static func result(_ text: String) {
        var text = text.printable + "\n"
        text.withUTF8 { bytes in
            guard let output else { return fail(EBADF) }
            if fwrite(bytes.baseAddress, 1, bytes.count, output) < bytes.count { fail(errno) }
        }
    }

    /// One record of a JSON Lines result.
    static func result(line record: some Encodable) throws {
        result(String(decoding: try record.jsonLine(), as: UTF8.self))
    }

    /// Throws `RecordError.unwritable` where any result did not get out.
    static func flush() throws {
        if let output, fflush(output) != 0 { fail(errno) }
        let reason = failure.load(ordering: .relaxed)
        if reason == EPIPE {
            // Whoever read the results has read enough, such as head: an end without words, as of any tool in a pipe.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        guard reason == 0 else {
            throw RecordError(.unwritable, "cannot write the results to standard output: \(String(cString: strerror(reason)))")
        }
    }

    /// A line of a stage: what it did or has to say, and how long it took where that took any time.
    static func stage(_ name: String, _ what: String, took duration: Duration? = nil) {
        let time = duration.map { "  " + Progress.spelled($0 / .seconds(1)) } ?? ""
        say("\(name.padding(toLength: max(10, name.count), withPad: " ", startingAt: 0)) \(what.printableLine)\(time)")
    }

    /// What is being done or has gone wrong.
    static func say(_ text: String) { write(text.printable + "\n") }

    /// Text as it stands, which holds nothing of a stranger's, to standard error. Where that is closed or full there is nobody to tell.
    static func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    /// Keeps a file from becoming standard output because that was closed: what is opened first takes the free number, and
    /// results would be written into it. Whoever writes to what is opened here, or reads from it, is told that it is closed.
    static func holdClosedStreams() {
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) == -1 {
            _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    private static func fail(_ reason: Int32) {
        _ = failure.compareExchange(expected: 0, desired: reason, ordering: .relaxed)
    }
}
