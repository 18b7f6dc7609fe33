package import Foundation
package import PladRecords
package import PladStudent

/// A file of a teacher's truncated distributions, mapped and read in place; a text is found by its key.
///
/// Opening it reads it once, to compare its checksums. `LogitsWriter` writes one.
package final class LogitsFile: Sendable {
    package let path: String
    package let header: LogitsHeader
    package let spellings: TokenSpellings
    /// Numbers of texts, positions and kept tokens.
    package let texts, positions, entries: Int
    package var bytes: Int { mapping.bytes.count }
    private let mapping: MappedFile
    private let blocks: [LogitsLayout.Block]
    /// Block and number of each text.
    private let places: [Digest: (block: Int, text: Int)]

    /// Throws `TrainingError.knowledge` with the path for another kind of file, a cut or a damaged one, and `StudentError.files` if it
    /// cannot be read.
    package init(_ file: URL) throws {
        path = file.path
        mapping = try MappedFile(file)
        let bytes = mapping.bytes
        let start = try LogitsStart(bytes, path: path)
        (header, spellings) = (start.header, start.spellings)
        var (blocks, place): ([LogitsLayout.Block], Int) = ([], start.end)
        while !LogitsLayout.isEnd(at: place, in: bytes) {
            switch LogitsLayout.block(at: place, in: bytes, vocabularySize: start.header.vocabularySize) {
            case .success(let block):
                blocks.append(block)
                place = block.end
            case .failure(.cut):
                throw LogitsStart.refuse(path, "is cut: it has \(bytes.count) bytes and no end; write it again (`LogitsStage`)")
            case .failure(.damaged(let reason)):
                throw LogitsStart.refuse(
                    path, "is damaged in block \(blocks.count) at byte \(place): \(reason); write it again (`LogitsStage`)")
            }
        }
        guard bytes.count == place + LogitsLayout.page, LogitsLayout.end(of: blocks, start.digest) == Array(bytes[place..<bytes.count])
        else {
            throw LogitsStart.refuse(path, "is damaged: its end, at byte \(place), is of another file; write it again (`LogitsStage`)")
        }
        self.blocks = blocks
        texts = blocks.reduce(0) { $0 + $1.texts }
        positions = blocks.reduce(0) { $0 + $1.positions }
        entries = blocks.reduce(0) { $0 + $1.entries }
        places = blocks.indices.reduce(into: [:]) { places, block in
            for text in 0..<blocks[block].texts { places[blocks[block].key(text, in: bytes)] = (block, text) }
        }
    }

    /// Throws `TrainingError.knowledge` if the file is not of this teacher, truncation and vocabulary.
    package func check(_ wanted: LogitsHeader) throws { try header.check(wanted, path: path) }

    /// True if a text's distributions are here.
    package func holds(_ key: Digest) -> Bool { places[key] != nil }

    /// A text's distributions, cut further if `truncation` keeps less than the file; nil if they are not here.
    ///
    /// Throws `StudentError.files` if the file was written to since it was opened.
    package func distributions(of key: Digest, _ truncation: Truncation) throws -> TokenDistributions? {
        guard let place = places[key] else { return nil }
        let (block, bytes) = (blocks[place.block], mapping.bytes)
        let first = place.text == 0 ? 0 : block.textEnd(place.text - 1, in: bytes)
        let (ids, logProbabilities) = (block.ids(in: bytes), block.logProbabilities(in: bytes))
        let restMasses = block.restMasses(in: bytes)
        var start = first == 0 ? 0 : block.positionEnd(first - 1, in: bytes)
        var result = TokenDistributions()
        for position in first..<block.textEnd(place.text, in: bytes) {
            let end = block.positionEnd(position, in: bytes)
            result.append(
                ids: ids[start..<end], logProbabilities: logProbabilities[start..<end], restMass: restMasses[position],
                cutting: truncation == header.truncation ? nil : truncation)
            start = end
        }
        try mapping.requireUnchanged()
        return result
    }
}

extension TokenDistributions {
    /// Adds a position of which `truncation`, if given, keeps the first tokens only; what is cut is added to the mass left out.
    fileprivate mutating func append(
        ids: Slice<UnsafeBufferPointer<TokenID>>, logProbabilities: Slice<UnsafeBufferPointer<Float>>, restMass: Float,
        cutting truncation: Truncation?
    ) {
        let count = truncation?.count(of: logProbabilities) ?? ids.count
        let cut = logProbabilities.dropFirst(count).reduce(0) { $0 + exp(Double($1)) }
        append(ids: ids.prefix(count), logProbabilities: logProbabilities.prefix(count), restMass: Float(Double(restMass) + cut))
    }
}

/// The header and the vocabulary at the start of a logits file.
struct LogitsStart {
    let header: LogitsHeader
    let spellings: TokenSpellings
    /// Offset of the first block.
    let end: Int
    /// Digest of the header, by which the end knows its file.
    let digest: [UInt8]

    static func refuse(_ path: String, _ problem: String) -> TrainingError { TrainingError(.knowledge, "\(path) \(problem)") }

    init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
        guard bytes.count >= LogitsLayout.page else {
            if bytes.count >= 8, bytes[0..<8].elementsEqual(LogitsLayout.fileName) { throw Self.cut(path, bytes.count) }
            throw Self.refuse(path, "is no file of a teacher's logits; make one with `LogitsStage`")
        }
        guard bytes[0..<8].elementsEqual(LogitsLayout.fileName) else {
            throw Self.refuse(path, "is no file of a teacher's logits; make one with `LogitsStage`")
        }
        func number(_ offset: Int) -> UInt32 { UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
        guard number(8) == LogitsLayout.version else {
            throw Self.refuse(path, "is of version \(number(8)), this plad reads \(LogitsLayout.version); write it again (`LogitsStage`)")
        }
        let length = Int(number(12))
        guard length <= LogitsLayout.page - 48 else { throw Self.damagedHeader(path) }
        let line = UnsafeRawBufferPointer(rebasing: bytes[48..<48 + length])
        digest = Array(bytes[16..<48])
        guard Digest(ofParts: [line]).bytes == digest, let header = try? JSONDecoder.ofLines.decode(LogitsHeader.self, from: Data(line))
        else { throw Self.damagedHeader(path) }
        // Its length stands before it, in the last eight bytes of the header's page.
        let count = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: LogitsLayout.page - 8, as: UInt64.self))
        guard count <= bytes.count - LogitsLayout.page else { throw Self.cut(path, bytes.count) }
        let section = UnsafeRawBufferPointer(rebasing: bytes[LogitsLayout.page..<LogitsLayout.page + Int(count)])
        guard Digest(ofParts: [section]).description == header.vocabulary,
            let spellings = TokenSpellings(section: section, count: header.vocabularySize)
        else { throw Self.refuse(path, "is damaged in its vocabulary; write it again (`LogitsStage`)") }
        (self.header, self.spellings) = (header, spellings)
        end = LogitsLayout.page + LogitsLayout.padded(Int(count))
        guard end <= bytes.count else { throw Self.cut(path, bytes.count) }
    }

    private static func cut(_ path: String, _ bytes: Int) -> TrainingError {
        refuse(path, "is cut: it has \(bytes) bytes and no end; write it again (`LogitsStage`)")
    }

    private static func damagedHeader(_ path: String) -> TrainingError {
        refuse(path, "is damaged in its header; write it again (`LogitsStage`)")
    }

    /// The bytes of a start: the header's page and the vocabulary's.
    static func bytes(_ header: LogitsHeader, _ spellings: TokenSpellings) throws -> Data {
        let (line, section) = (try header.jsonLine(), spellings.section)
        precondition(line.count <= LogitsLayout.page - 56, "a header of \(line.count) bytes")
        var data = Data(LogitsLayout.fileName)
        for value in [LogitsLayout.version, UInt32(line.count)] { data.append(littleEndian: value) }
        data.append(contentsOf: Digest(of: line).bytes)
        data.append(line)
        data.append(Data(count: LogitsLayout.page - 8 - data.count))
        data.append(littleEndian: UInt64(section.count))
        data.append(section)
        return data.paddedToPage()
    }
}

extension Data {
    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    func paddedToPage() -> Data { self + Data(count: LogitsLayout.padded(count) - count) }
}

extension LogitsLayout {
    static func isEnd(at place: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count - place >= page && bytes[place..<place + 8].elementsEqual(endName)
    }

    /// The last page: its name, as UInt64 the numbers of blocks, texts, positions and kept tokens, and the SHA-256 of the header's
    /// digest, of every block's and of these 40 bytes.
    static func end(of blocks: [Block], _ header: [UInt8]) -> [UInt8] {
        var data = Data(endName)
        data.append(littleEndian: UInt64(blocks.count))
        for count in [\Block.texts, \Block.positions, \Block.entries] {
            data.append(littleEndian: UInt64(blocks.reduce(0) { $0 + $1[keyPath: count] }))
        }
        data.append(contentsOf: Digest(of: Data(header) + Data(blocks.flatMap(\.digest)) + data).bytes)
        return Array(data.paddedToPage())
    }
}
