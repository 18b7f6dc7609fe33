import Foundation
import PladHTTP
import PladRecords

/// An incomplete blob, in a file `ETAG.incomplete` beside its final place, to which responses are appended.
///
/// Locked against other processes during its lifetime. Its lock guards `state`, since responses arrive on the transport's thread.
final class PartialFile: BodyReceiver {
    private struct State {
        var bytes: Int
        /// Reason why a response was ended.
        var problem: HubError?
    }

    private let url: URL
    private let file: HubFile
    private let handle: FileHandle
    private let state: Locked<State>
    private let onBytes: @Sendable (Int) -> Void

    /// - Parameter onBytes: called with the number of bytes received, negative for bytes discarded.
    init(_ url: URL, of file: HubFile, onBytes: @escaping @Sendable (Int) -> Void) throws {
        try Files.makeFolder(url.deletingLastPathComponent())
        let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw HubError(.unwritable, "cannot write \(url.path): \(String(cString: strerror(errno)))") }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw HubError(.busy, "another process is fetching \(file.path) into \(url.path); run the command again once it has ended")
        }
        self.url = url
        self.file = file
        self.onBytes = onBytes
        let bytes = Int(try handle.seekToEnd())
        state = Locked(State(bytes: bytes))
        // More than there should be cannot become right.
        if bytes > file.bytes { try clear() } else { onBytes(bytes) }
    }

    var bytes: Int { state.withLock { $0.bytes } }
    var isWhole: Bool { bytes == file.bytes }

    /// Returns and clears the reason why the last response was ended.
    func takeProblem() -> HubError? {
        state.withLock { state in
            defer { state.problem = nil }
            return state.problem
        }
    }

    func begin(status: Int, headers: ResponseHeaders) -> Bool {
        guard status == 206 else { return (try? clear()) != nil }
        // "bytes 100-199/200": the start must be where this file ends.
        let start = headers["content-range"]?.firstMatch(of: /bytes\s+(\d+)-/).flatMap { Int($0.1) }
        guard start == bytes else { return end(HubError(.mismatch, "\(file.path): a range from another place than asked came")) }
        return true
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let isTooMuch = state.withLock { $0.bytes + bytes.count > file.bytes }
        if isTooMuch {
            return end(HubError(.mismatch, "\(file.path) is longer than the \(file.bytes) bytes that the Hub announced"))
        }
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            return end(HubError(.unwritable, "cannot write \(url.path): \(Files.reason(error)); run the command again to continue"))
        }
        state.withLock { $0.bytes += bytes.count }
        onBytes(bytes.count)
        return true
    }

    private func end(_ problem: HubError) -> Bool {
        state.withLock { $0.problem = problem }
        return false
    }

    /// Discards the bytes received.
    func clear() throws {
        try handle.truncate(atOffset: 0)
        try handle.seek(toOffset: 0)
        onBytes(
            -state.withLock { state in
                defer { state.bytes = 0 }
                return state.bytes
            })
    }

    /// Moves the complete file to its place. Throws `HubError.mismatch`, and clears it, if its digest differs.
    func finish(as blob: URL) throws {
        guard file.matches(try Data(reading: url)) else {
            try clear()
            throw HubError(
                .mismatch, "\(file.path) came with another content than the Hub announced (its digest is not \(file.etag.prefix(12))…)")
        }
        try handle.synchronize()
        guard rename(url.path, blob.path) == 0 else {
            throw HubError(.unwritable, "cannot write \(blob.path): \(String(cString: strerror(errno)))")
        }
        try Files.synchronizeFolder(of: blob)
    }
}
