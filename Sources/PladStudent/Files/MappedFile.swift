import Foundation
import PladRecords

/// A file's bytes where the operating system keeps them: nothing is read before it is looked at, and nothing is held twice.
///
/// Replacing the file leaves these bytes as they are. Writing into it changes them, which `isUnchanged` tells afterwards; cutting
/// it off makes the system raise SIGBUS at the next look.
final class MappedFile: Sendable {
    let path: String
    /// In the order of the file; empty for an empty one.
    nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
    private let descriptor: Int32
    private let opened: Stamp

    /// Size in bytes and time of the last change.
    private struct Stamp: Equatable {
        let size: Int
        let seconds, nanoseconds: Int

        init?(_ descriptor: Int32) {
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            size = Int(status.st_size)
            #if os(Linux)
                (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
            #else
                (seconds, nanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
            #endif
        }
    }

    /// Throws `StudentError.files` that names the file.
    init(_ file: URL) throws {
        path = file.path
        func refuse(_ reason: String) -> StudentError { StudentError(.files, "cannot read \(file.path): \(reason)") }
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refuse(String(cString: strerror(errno))) }
        guard let stamp = Stamp(descriptor) else {
            close(descriptor)
            throw refuse("it is no file but a folder or device")
        }
        var memory: UnsafeMutableRawPointer?
        if stamp.size > 0 {
            memory = mmap(nil, stamp.size, PROT_READ, MAP_PRIVATE, descriptor, 0)
            guard memory != MAP_FAILED else {
                let reason = String(cString: strerror(errno))
                close(descriptor)
                throw refuse(reason)
            }
        }
        bytes = UnsafeRawBufferPointer(start: memory, count: stamp.size)
        self.descriptor = descriptor
        opened = stamp
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
        close(descriptor)
    }

    /// Nobody has written into the file since it was opened.
    var isUnchanged: Bool { Stamp(descriptor) == opened }

    /// The same bytes, which keep the file mapped.
    var data: Data {
        guard let start = bytes.baseAddress else { return Data() }
        return Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count,
            deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
    }
}
