package import Foundation

/// A child process, in its own process group and with no signal blocked.
///
/// Foundation's Process is not used: it passes this process's blocked signals on and never frees its memory of a child.
package struct ChildProgram: Sendable {
    package let id: pid_t

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: path of the executable.
    ///   - arguments: arguments without the program's own name.
    ///   - files: descriptors to use for standard input, output or errors; the others are inherited.
    ///
    /// Throws `ChildError` with the system's reason.
    package init(_ path: String, _ arguments: [String], files: [(standard: Int32, descriptor: Int32)]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for file in files { posix_spawn_file_actions_adddup2(&actions, file.descriptor, file.standard) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETPGROUP))
        let variables = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for text in variables + words { free(text) } }
        var child = pid_t()
        let code = posix_spawn(&child, path, &actions, &attributes, words, variables)
        guard code == 0 else { throw ChildError(reason: String(cString: strerror(code))) }
        id = child
    }

    /// Waits for the program to end. Returns its exit status, or 128 plus the number of the signal that ended it.
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return Self.status(status)
    }

    /// Waits at most so many seconds and returns the exit status; after that, kills the process group and returns nil.
    package func end(within seconds: Double) -> Int32? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var status: Int32 = 0
        while true {
            let found = waitpid(id, &status, WNOHANG)
            if found == id { return Self.status(status) }
            if found < 0, errno != EINTR { return nil }
            guard ContinuousClock.now < deadline else { break }
            usleep(5000)
        }
        kill(-id, SIGKILL)
        _ = wait()
        return nil
    }

    /// Exit status by the macros WIFEXITED, WEXITSTATUS and WTERMSIG.
    private static func status(_ raw: Int32) -> Int32 { raw & 0x7f == 0 ? raw >> 8 & 0xff : 128 + raw & 0x7f }
}

/// The reason why a program could not be started.
package struct ChildError: Error {
    package let reason: String
}
