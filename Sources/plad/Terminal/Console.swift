import Foundation
import PladRecords
import Synchronization

/// Prints results to standard output and everything else to standard error, without any character that controls a terminal.
enum Console {
    static let isTerminal = isatty(STDERR_FILENO) == 1

    /// Standard output as a stream of plad's own, since Swift takes C's `stdout` for state that threads share. Nil if it is closed.
    nonisolated(unsafe) private static let output = fdopen(STDOUT_FILENO, "w")
    /// First reason why a result could not be written, as `errno`; 0 for none.
    private static let failure = Atomic<Int32>(0)

    /// Prints a result, for a person or a program to read. A failure is reported by `flush`.
    static func result(_ text: String) {
        var text = text.printable + "\n"
        text.withUTF8 { bytes in
            guard let output else { return fail(EBADF) }
            if fwrite(bytes.baseAddress, 1, bytes.count, output) < bytes.count { fail(errno) }
        }
    }

    /// Prints one record of a JSON Lines result.
    static func result(line record: some Encodable) throws {
        result(String(decoding: try record.jsonLine(), as: UTF8.self))
    }

    /// Throws `RecordError.unwritable` if any result could not be written.
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

    /// Prints a line of a stage: its result or remark, and its duration if that is not nil.
    static func stage(_ name: String, _ what: String, took duration: Duration? = nil) {
        let time = duration.map { "  " + Progress.spelled($0 / .seconds(1)) } ?? ""
        say("\(name.padding(toLength: max(10, name.count), withPad: " ", startingAt: 0)) \(what.printableLine)\(time)")
    }

    /// Prints progress or an error to standard error.
    static func say(_ text: String) { write(text.printable + "\n") }

    /// Writes text unchanged, which must not come from a stranger, to standard error; ignores failures, which nobody could read.
    static func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    /// Opens /dev/null in place of closed standard streams: otherwise the next file opened would get the number of standard output, and
    /// results would be written into it. Reads and writes of these streams still fail.
    static func holdClosedStreams() {
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) == -1 {
            _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    private static func fail(_ reason: Int32) {
        _ = failure.compareExchange(expected: 0, desired: reason, ordering: .relaxed)
    }
}
