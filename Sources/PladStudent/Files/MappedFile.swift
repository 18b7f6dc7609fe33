package import Foundation
import PladRecords

/// A file mapped into memory: the operating system reads its pages on first access, and nothing is held twice.
///
/// Replacing the file leaves these bytes as they are. Writing into it changes them, which `requireUnchanged` detects afterwards by the
/// modification time, which a network file system may report late; truncating it raises SIGBUS at the next access.
package final class MappedFile: Sendable {
    let path: String
    /// Bytes of the file, in order; empty for an empty file.
    package nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
    private let descriptor: Int32
    private let opened: Stamp

    /// Size in bytes and modification time.
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

    /// Maps the file. Throws `StudentError.files` with its path.
    package init(_ file: URL) throws {
        path = file.path
        func refuse(_ reason: String) -> StudentError { StudentError(.files, "cannot read \(file.path): \(reason)") }
        // Not to wait for a pipe's other end.
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw refuse(String(cString: strerror(errno))) }
        guard let stamp = Stamp(descriptor) else {
            close(descriptor)
            throw refuse("it is not a file but a folder or device")
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

    /// Throws `StudentError.files` if the file was written to since it was opened: results computed from its bytes are invalid.
    package func requireUnchanged() throws {
        guard Stamp(descriptor) != opened else { return }
        throw StudentError(
            .files,
            "\(path) was changed while plad was reading it; run the command again, and put a new file in its place rather than write into it"
        )
    }

    /// The same bytes as `Data`, which keeps the file mapped.
    var data: Data {
        guard let start = bytes.baseAddress else { return Data() }
        return Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count,
            deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
    }
}
