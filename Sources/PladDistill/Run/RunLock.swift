import Foundation
import PladRecords

/// A lock on a run's folder for one process, since two that write into it would destroy each other's work.
///
/// The system releases it when its process ends, in any way. All users of a run within a process share its lock.
final class RunLock: Sendable {
    private static let held = Locked<[String: Holder]>([:])

    private struct Holder {
        weak var lock: RunLock?
    }

    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The lock of a run's folder, which must exist. Throws `RunError.busy` with the id of the process that holds it.
    static func hold(_ folder: URL) throws -> RunLock {
        try refuseLinks(in: folder)
        let place = folder.resolvingSymlinksInPath().path
        return try held.withLock { held in
            if let lock = held[place]?.lock { return lock }
            let lock = try take(folder.appendingPathComponent(".lock"), of: folder)
            held[place] = Holder(lock: lock)
            return lock
        }
    }

    /// Throws `RunError.usage` for the first link in the folder or one below it: a run may be a stranger's, and writing to a link, or
    /// into a folder that one leads to, changes what is elsewhere; and what is elsewhere would stand for the run's own student.
    ///
    /// - Parameter depth: number of levels below the folder to look at; no stage writes deeper.
    private static func refuseLinks(in folder: URL, depth: Int = 3) throws {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? [] {
            let file = folder.appendingPathComponent(name)
            var status = stat()
            guard lstat(file.path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFLNK:
                throw RunError(
                    .usage, "\(file.path) is a link, and writing to it would change what it leads to; put a copy in its place")
            case S_IFDIR where depth > 0: try refuseLinks(in: file, depth: depth - 1)
            default: break
            }
        }
    }

    private static func take(_ file: URL, of folder: URL) throws -> RunLock {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw RecordError(.unwritable, "cannot write \(file.path): \(String(cString: strerror(errno)))")
        }
        let lock = RunLock(descriptor)
        // Some network file systems know no locks: there the run goes on without.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            let owner = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            throw RunError(
                .busy,
                "\(folder.path) is being worked on by process \(owner.isEmpty ? "of another user" : owner); wait until it is done, or end it"
            )
        }
        let number = Array("\(ProcessInfo.processInfo.processIdentifier)".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, number, number.count, 0) == number.count else {
            throw RecordError(.unwritable, "cannot write \(file.path): \(String(cString: strerror(errno)))")
        }
        return lock
    }
}
