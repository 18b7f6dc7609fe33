import Foundation
import PladRecords
import PladTensor

/// The first line of a training's state.
protocol StateHeader: Codable {
    /// Digest of the student, data and settings: a state is restored only in the same training.
    var fingerprint: String { get }
    /// Number of floats in each of the blocks.
    var count: Int { get }
    /// Name of the digest at the end; nil in states of older versions, which have none.
    var digest: String? { get }
}

/// A training's state on disk: one line of JSON, then blocks of little-endian float32, each as long as the first; at the end the SHA-256
/// of all before it, 32 bytes, which states of older versions lack.
struct StateFile {
    let url: URL
    let blocks: [AlignedBuffer]

    /// Writes the state atomically. Throws `RecordError.unwritable`.
    func write(_ header: some StateHeader) throws {
        let line = try header.jsonLine() + Data("\n".utf8)
        try Files.replace(url) { handle in
            try handle.write(contentsOf: line)
            for block in blocks {
                try handle.write(contentsOf: Data(bytesNoCopy: block.pointer, count: block.count * 4, deallocator: .none))
            }
            let digest = line.withUnsafeBytes { line in
                Digest(ofParts: [line] + blocks.map { UnsafeRawBufferPointer(start: $0.pointer, count: $0.count * 4) })
            }
            try handle.write(contentsOf: Data(digest.bytes))
        }
    }

    /// Fills the blocks from the file and returns its header; nil if there is no such file.
    ///
    /// Throws `TrainingError.foreignCheckpoint`, the blocks untouched, if it belongs to a training of another fingerprint, or is damaged.
    func read<Header: StateHeader>(_ type: Header.Type, fingerprint: String) throws -> Header? {
        guard Files.exists(url) else { return nil }
        let data = try Data(reading: url)
        func refuse(_ problem: String) -> TrainingError {
            TrainingError(.foreignCheckpoint, "\(url.path) \(problem); remove it to train from the start, or give another folder")
        }
        let line = data.prefix { $0 != UInt8(ascii: "\n") }
        let (count, start) = (blocks[0].count, line.endIndex + 1)
        let numbers = blocks.count * count * 4
        if data.count - start == numbers + 32, Digest(of: data.dropLast(32)).bytes != Array(data.suffix(32)) {
            throw refuse("is damaged: its bytes are not those that were written")
        }
        guard let header = try? JSONDecoder.ofLines.decode(type, from: line) else { throw refuse("is not a training state") }
        guard header.fingerprint == fingerprint else { throw refuse("is the state of a training with other pairs, weights or settings") }
        let length = numbers + (header.digest == nil ? 0 : 32)
        guard header.count == count, data.count - start == length || data.count - start == numbers + 32 else {
            throw refuse("is damaged: \(data.count - start) bytes of numbers, not \(length)")
        }
        for (index, block) in blocks.enumerated() {
            let offset = start + index * count * 4
            data.copyBytes(to: UnsafeMutableRawBufferPointer(start: block.pointer, count: count * 4), from: offset..<offset + count * 4)
        }
        return header
    }
}
