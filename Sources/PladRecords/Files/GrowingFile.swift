package import Foundation

/// A file of JSON lines that grows batch by batch; each batch is on the disk before `append` returns.
///
/// After a crash the last line may be incomplete: read the file with `wholeLines`, then start a new one with these.
package struct GrowingFile {
    private let url: URL
    private let handle: FileHandle

    /// Replaces the file by one with these lines.
    package init(_ url: URL, keeping lines: Data) throws {
        self.url = url
        try lines.write(atomicallyTo: url)
        do {
            handle = try FileHandle(forWritingTo: url)
            try handle.seekToEnd()
        } catch {
            throw RecordError(.unwritable, "cannot write \(url.path): \(Files.reason(error))")
        }
    }

    package func append(_ records: some Sequence<some Encodable>) throws {
        let data = try JSONLines.data(records)
        do {
            try handle.write(contentsOf: data)
            try handle.synchronize()
        } catch {
            throw RecordError(.unwritable, "cannot write \(url.path): \(Files.reason(error))")
        }
    }

    /// The bytes of a file up to the end of its last whole line; empty if there is no file.
    package static func wholeLines(of url: URL) throws -> Data {
        guard Files.exists(url) else { return Data() }
        let data = try Data(reading: url)
        return Data(data.prefix(upTo: data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? data.startIndex))
    }
}

extension JSONLines {
    /// The records encoded as JSON lines.
    package static func data(_ records: some Sequence<some Encodable>) throws -> Data {
        try records.reduce(into: Data()) { $0 += try $1.jsonLine() + Data("\n".utf8) }
    }
}
