package import Foundation
package import PladRecords
package import PladStudent

/// Writes a logits file block by block; each block is on the disk before `append` returns, so that a killed writer loses no more than one.
///
/// It grows as a hidden file beside its place, `.NAME.growing`, and takes the place when it is whole. A file that is there already, of the
/// same teacher and truncation, is where it begins: its texts are kept.
package final class LogitsWriter {
    package let file: URL
    /// Texts that need not be computed again.
    package private(set) var known: Set<Digest> = []
    private let growing: URL
    private let handle: FileHandle
    private let header: LogitsHeader
    private let headerDigest: [UInt8]
    private var blocks: [LogitsLayout.Block] = []
    private var place: Int

    /// Opens what is there, or begins.
    ///
    /// Throws `TrainingError.knowledge` if a file is there that is damaged or of another teacher, truncation or vocabulary, and
    /// `RecordError.unwritable`.
    package init(_ file: URL, header: LogitsHeader, spellings: TokenSpellings) throws {
        self.file = file
        self.header = header
        let growing = file.deletingLastPathComponent().appendingPathComponent(".\(file.lastPathComponent).growing")
        self.growing = growing
        let start = try LogitsStart.bytes(header, spellings)
        headerDigest = Array(start[16..<48])
        place = start.count
        let whole = Files.exists(file) ? try LogitsFile(file) : nil
        try whole?.check(header)
        // One whose head is damaged holds nothing that can be told from another's.
        let stands =
            Files.exists(growing) && (try? Data(reading: growing).withUnsafeBytes { try LogitsStart($0, path: growing.path) }) != nil
        if !stands {
            let beginning = whole == nil ? start : try Data(reading: file).dropLast(LogitsLayout.page)
            try beginning.write(atomicallyTo: growing)
        }
        do {
            handle = try FileHandle(forWritingTo: growing)
        } catch {
            throw RecordError(.unwritable, "cannot write \(growing.path): \(Files.reason(error))")
        }
        guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw RecordError(
                .unwritable, "\(file.path) is being written by another process; wait until it has ended, or give another `out`")
        }
        try goOn()
    }

    /// Takes over the whole blocks of the growing file and cuts off what a killed writer left behind them.
    private func goOn() throws {
        let data = try Data(contentsOf: growing)
        try data.withUnsafeBytes { bytes in
            let start = try LogitsStart(bytes, path: growing.path)
            try start.header.check(header, path: growing.path)
            place = start.end
            while case .success(let block) = LogitsLayout.block(at: place, in: bytes, vocabularySize: header.vocabularySize) {
                blocks.append(block)
                for text in 0..<block.texts { known.insert(block.key(text, in: bytes)) }
                place = block.end
            }
        }
        try writing { try handle.truncate(atOffset: UInt64(place)) }
    }

    /// Adds a block.
    ///
    /// - Parameters:
    ///   - texts: key of each text, and how many positions it has.
    ///   - distributions: of these positions, text after text.
    package func append(_ texts: [(key: Digest, positions: Int)], _ distributions: TokenDistributions) throws {
        precondition(texts.reduce(0) { $0 + $1.positions } == distributions.count, "texts of other positions than the distributions")
        var sections = Data()
        func add(_ fill: (inout Data) -> Void) {
            var section = Data()
            fill(&section)
            sections.append(section.paddedToPage())
        }
        add { data in for text in texts { data.append(contentsOf: text.key.bytes) } }
        add { data in
            var end = 0
            for text in texts {
                end += text.positions
                data.append(littleEndian: UInt64(end))
            }
        }
        add { data in for end in distributions.starts.dropFirst() { data.append(littleEndian: UInt32(end)) } }
        add { $0.append(array: distributions.restMasses) }
        add { $0.append(array: distributions.ids) }
        add { $0.append(array: distributions.logProbabilities) }
        var head = Data(LogitsLayout.blockName)
        for count in [texts.count, distributions.count, distributions.ids.count, LogitsLayout.page + sections.count] {
            head.append(littleEndian: UInt64(count))
        }
        let digest = Digest(of: head + sections)
        head.append(contentsOf: digest.bytes)
        try writing {
            try handle.seek(toOffset: UInt64(place))
            try handle.write(contentsOf: head.paddedToPage() + sections)
            try handle.synchronize()
        }
        blocks.append(
            LogitsLayout.Block(
                start: place, texts: texts.count, positions: distributions.count, entries: distributions.ids.count,
                bytes: LogitsLayout.page + sections.count, digest: digest.bytes))
        place += LogitsLayout.page + sections.count
        for text in texts { known.insert(text.key) }
    }

    /// Writes the end and puts the file in its place.
    package func finish() throws {
        try writing {
            try handle.seek(toOffset: UInt64(place))
            try handle.write(contentsOf: LogitsLayout.end(of: blocks, headerDigest))
            try handle.synchronize()
            try handle.close()
        }
        guard rename(growing.path, file.path) == 0 else {
            throw RecordError(.unwritable, "cannot write \(file.path): \(String(cString: strerror(errno)))")
        }
        try Files.synchronizeFolder(of: file)
    }

    private func writing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw RecordError(.unwritable, "cannot write \(growing.path): \(Files.reason(error))")
        }
    }
}

extension Data {
    /// Adds numbers as they lie in memory, little-endian on every processor that plad runs on.
    fileprivate mutating func append(array: [some BitwiseCopyable]) { array.withUnsafeBytes { append(contentsOf: $0) } }
}
