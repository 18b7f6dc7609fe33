package import Foundation

/// A program that runs beside this one: in a process group of its own and with no signal blocked.
///
/// Not Foundation's Process, which hands this process's blocked signals on and never frees what it keeps of a child.
package struct ChildProgram: Sendable {
    package let id: pid_t

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: the program's file.
    ///   - arguments: without the program's own name.
    ///   - files: for its standard input, output and errors the descriptors here; others are this process's own.
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

    /// Waits until it has ended. Returns its exit status; 128 and more is the signal that ended it.
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return Self.status(status)
    }

    /// The exit status of a program that ends within so many seconds; else it is killed, with all that it has started, and nil told.
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

    /// As the macros WIFEXITED, WEXITSTATUS and WTERMSIG read it.
    private static func status(_ raw: Int32) -> Int32 { raw & 0x7f == 0 ? raw >> 8 & 0xff : 128 + raw & 0x7f }
}

/// A program could not be started, for this reason.
package struct ChildError: Error {
    package let reason: String
}
