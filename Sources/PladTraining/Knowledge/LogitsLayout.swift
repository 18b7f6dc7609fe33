import Foundation
import PladRecords

/// The layout of a logits file: a header, blocks of texts, an end; each begins on a page of 4096 bytes, and so does every section.
///
/// All numbers are little-endian. The head of a block is 8 bytes of name, then as UInt64 the numbers of texts, positions and kept tokens
/// and of its bytes, then the SHA-256 of these 40 bytes and of all that follows the head's page. Its sections are: texts' keys (32 bytes
/// each), texts' ends (UInt64, positions from the block's start), positions' ends (UInt32, entries from the block's start), masses left
/// out (float32), ids (Int32), log-probabilities (float32). docs/formats.md has the same as a table.
enum LogitsLayout {
    static let page = 4096
    static let fileName = Array("plad-lgt".utf8)
    static let blockName = Array("lgtblock".utf8)
    static let endName = Array("lgts-end".utf8)
    static let version: UInt32 = 1
    /// Bytes before the digest in a block's head, and in the end.
    static let counted = 40
    static let digestBytes = 32

    static func padded(_ bytes: Int) -> Int { (bytes + page - 1) / page * page }

    /// A block's counts and the places of its sections, from the start of the file.
    struct Block: Equatable {
        var start: Int
        var texts, positions, entries: Int
        var bytes: Int
        var digest: [UInt8]

        var keys: Int { start + page }
        var textEnds: Int { keys + padded(texts * digestBytes) }
        var positionEnds: Int { textEnds + padded(texts * 8) }
        var restMasses: Int { positionEnds + padded(positions * 4) }
        var ids: Int { restMasses + padded(positions * 4) }
        var logProbabilities: Int { ids + padded(entries * 4) }
        var end: Int { logProbabilities + padded(entries * 4) }
    }

    /// Reads the block at `start`. Returns nil with the reason if there is none that is whole.
    static func block(at start: Int, in bytes: UnsafeRawBufferPointer, vocabularySize: Int) -> Result<Block, Problem> {
        guard bytes.count - start >= page else { return .failure(.cut) }
        guard bytes[start..<start + 8].elementsEqual(blockName) else { return .failure(.damaged("no block begins there")) }
        let counts = (1...4).map { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8 * $0, as: UInt64.self)) }
        // None is larger than the file, so that no product below overflows.
        guard counts.allSatisfy({ $0 <= bytes.count }) else { return .failure(counts[3] > bytes.count ? .cut : .damaged("its counts are")) }
        let block = Block(
            start: start, texts: Int(counts[0]), positions: Int(counts[1]), entries: Int(counts[2]), bytes: Int(counts[3]),
            digest: Array(bytes[start + counted..<start + counted + digestBytes]))
        guard block.end - start == block.bytes else { return .failure(.damaged("its counts do not add up")) }
        guard block.end <= bytes.count else { return .failure(.cut) }
        let digest = Digest(ofParts: [
            UnsafeRawBufferPointer(rebasing: bytes[start..<start + counted]),
            UnsafeRawBufferPointer(rebasing: bytes[block.keys..<block.end]),
        ])
        guard digest.bytes == block.digest else { return .failure(.damaged("its bytes are not those that were written")) }
        guard block.isConsistent(in: bytes, vocabularySize: vocabularySize) else {
            return .failure(.damaged("its sections contradict each other"))
        }
        return .success(block)
    }

    enum Problem: Error, Equatable {
        /// The file ends before it should.
        case cut
        case damaged(String)
    }
}

extension LogitsLayout.Block {
    /// True if ends ascend to the counts and ids are inside the vocabulary.
    fileprivate func isConsistent(in bytes: UnsafeRawBufferPointer, vocabularySize: Int) -> Bool {
        var last = 0
        for index in 0..<texts {
            let end = textEnd(index, in: bytes)
            guard end >= last, end <= positions else { return false }
            last = end
        }
        guard last == positions else { return false }
        last = 0
        for index in 0..<positions {
            let end = positionEnd(index, in: bytes)
            guard end >= last, end <= entries else { return false }
            last = end
        }
        let ids = ids(in: bytes)
        return last == entries && ids.allSatisfy { $0 >= 0 && $0 < vocabularySize }
    }

    func key(_ text: Int, in bytes: UnsafeRawBufferPointer) -> Digest {
        let place = keys + text * LogitsLayout.digestBytes
        return Digest(bytes: bytes[place..<place + LogitsLayout.digestBytes])!
    }

    /// Position behind the text's last, from the block's first.
    func textEnd(_ text: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        Int(clamping: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: textEnds + text * 8, as: UInt64.self)))
    }

    /// Entry behind the position's last, from the block's first.
    func positionEnd(_ position: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: positionEnds + position * 4, as: UInt32.self)))
    }

    func ids(in bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<TokenID> { section(ids, entries, in: bytes) }
    func logProbabilities(in bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<Float> { section(logProbabilities, entries, in: bytes) }
    func restMasses(in bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<Float> { section(restMasses, positions, in: bytes) }

    /// The numbers of a section where they lie: every processor that plad runs on is little-endian, and sections begin on pages.
    private func section<Number>(_ start: Int, _ count: Int, in bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<Number> {
        UnsafeRawBufferPointer(rebasing: bytes[start..<start + count * MemoryLayout<Number>.stride]).assumingMemoryBound(to: Number.self)
    }
}
