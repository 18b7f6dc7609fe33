import Foundation
import PladRecords

/// A GGUF file that was read: metadata, and where each tensor lies (ggml's `docs/gguf.md`, versions 2 and 3, little-endian).
///
/// The file may be a stranger's: every number of it is checked before it is used, and nothing is allocated beyond the file's own size.
struct GGUFDocument {
    struct Tensor {
        /// Shape with the outermost dimension first.
        var shape: [Int]
        var type: GGUFType
        /// Range of bytes in the file.
        var bytes: Range<Int>

        var count: Int { shape.reduce(1, *) }
    }

    let path: String
    let data: Data
    private(set) var metadata: [String: JSONValue] = [:]
    private(set) var tensors: [String: Tensor] = [:]

    /// Reads a file's head. Throws `GGUFError.file` with the path and the problem.
    init(_ data: Data, path: String) throws {
        self.path = path
        self.data = data
        var reader = GGUFReader(data, path: path)
        guard data.starts(with: Data("GGUF".utf8)) else { throw reader.refuse("it does not begin with GGUF") }
        reader.place = 4
        let version = try reader.number(UInt32.self)
        guard (2...3).contains(version) else {
            throw reader.refuse("version \(version); plad reads 2 and 3, little-endian: convert it with llama.cpp's gguf_convert_endian.py")
        }
        // The smallest entries are a name's length, a type and a value; a name's length, no dimension, a type and an offset.
        let tensorCount = try reader.count(of: 24, "tensors")
        let pairCount = try reader.count(of: 13, "keys")
        for _ in 0..<pairCount {
            let key = try reader.text("a key")
            let type = try reader.number(UInt32.self)
            guard metadata.updateValue(try reader.value(type, key: key), forKey: key) == nil else {
                throw reader.refuse("\(key) stands twice")
            }
        }
        let alignment = metadata["general.alignment"].map { $0.int ?? 0 } ?? 32
        guard alignment >= 1, alignment <= 1 << 20, alignment.nonzeroBitCount == 1 else {
            throw reader.refuse("general.alignment is no power of two up to \(1 << 20)")
        }
        var places: [(name: String, tensor: Tensor, offset: Int)] = []
        for _ in 0..<tensorCount { places.append(try reader.tensor()) }
        let start = (reader.place + alignment - 1) / alignment * alignment
        for (name, tensor, offset) in places {
            var tensor = tensor
            let size = tensor.bytes.count
            guard offset % alignment == 0, start <= data.count, offset <= data.count - start, size <= data.count - start - offset else {
                throw reader.refuse("tensor \(name): bytes \(offset) to \(offset &+ size) are not in the file; it is cut off or damaged")
            }
            tensor.bytes = start + offset..<start + offset + size
            guard tensors.updateValue(tensor, forKey: name) == nil else { throw reader.refuse("tensor \(name) stands twice") }
        }
    }

    /// Passes the values of a tensor as float32, in order, in pieces of whole blocks.
    func values(of tensor: Tensor, _ take: (UnsafeBufferPointer<Float>) throws -> Void) throws {
        let piece = 1 << 18
        try withUnsafeTemporaryAllocation(of: Float.self, capacity: min(piece, tensor.count)) { buffer in
            try data.withUnsafeBytes { all in
                for first in stride(from: 0, to: tensor.count, by: piece) {
                    let count = min(piece, tensor.count - first)
                    tensor.type.decode(
                        all.baseAddress! + tensor.bytes.lowerBound + tensor.type.bytes(first), into: buffer.baseAddress!, count: count)
                    try take(UnsafeBufferPointer(rebasing: buffer[..<count]))
                }
            }
        }
    }
}

/// A position in a GGUF file's head.
private struct GGUFReader {
    private let bytes: Data
    private let path: String
    var place = 0

    init(_ data: Data, path: String) { (bytes, self.path) = (data, path) }

    func refuse(_ problem: String) -> GGUFError { GGUFError(.file, "\(path): \(problem)") }

    private var left: Int { bytes.count - place }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        let size = MemoryLayout<Number>.size
        guard left >= size else { throw refuse("it ends within its head; it is cut off") }
        defer { place += size }
        return bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self)) }
    }

    /// A number of entries that take so many bytes each, or more.
    mutating func count(of size: Int, _ what: String) throws -> Int {
        let count = try number(UInt64.self)
        guard count <= UInt64(left / size) else { throw refuse("it claims \(count) \(what), more than it has bytes for; it is damaged") }
        return Int(count)
    }

    mutating func text(_ what: String) throws -> String {
        let count = try count(of: 1, "bytes of \(what)")
        defer { place += count }
        return String(decoding: bytes.subdata(in: place..<place + count), as: UTF8.self)
    }

    mutating func value(_ type: UInt32, key: String, isElement: Bool = false) throws -> JSONValue {
        switch type {
        case 0: return .int(Int64(try number(UInt8.self)))
        case 1: return .int(Int64(try number(Int8.self)))
        case 2: return .int(Int64(try number(UInt16.self)))
        case 3: return .int(Int64(try number(Int16.self)))
        case 4: return .int(Int64(try number(UInt32.self)))
        case 5: return .int(Int64(try number(Int32.self)))
        case 6: return .double(Double(Float(bitPattern: try number(UInt32.self))))
        case 7: return .bool(try number(UInt8.self) != 0)
        case 8: return .string(try text(key))
        case 9 where !isElement:
            let element = try number(UInt32.self)
            let count = try count(of: Self.sizes[element] ?? 1, "elements of \(key)")
            return .array(try (0..<count).map { _ in try value(element, key: key, isElement: true) })
        case 10:
            guard let value = Int64(exactly: try number(UInt64.self)) else { throw refuse("\(key) is beyond 2^63") }
            return .int(value)
        case 11: return .int(try number(Int64.self))
        case 12: return .double(Double(bitPattern: try number(UInt64.self)))
        default: throw refuse("\(key) has the type \(type), which version 3 does not have")
        }
    }

    /// Smallest number of bytes of a value by its type.
    private static let sizes: [UInt32: Int] = [2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 8: 8, 10: 8, 11: 8, 12: 8]

    /// A tensor's entry; the range of bytes has the right length and begins at 0.
    mutating func tensor() throws -> (name: String, tensor: GGUFDocument.Tensor, offset: Int) {
        let name = try text("a tensor's name")
        let dimensions = try number(UInt32.self)
        guard (1...4).contains(dimensions) else { throw refuse("tensor \(name) has \(dimensions) dimensions") }
        var (shape, count): ([Int], Int) = ([], 1)
        for _ in 0..<dimensions {
            let size = try number(UInt64.self)
            let (product, overflow) = count.multipliedReportingOverflow(by: Int(clamping: size))
            guard size > 0, !overflow, product <= 1 << 48 else { throw refuse("tensor \(name) has a size that no tensor has") }
            shape.insert(Int(size), at: 0)
            count = product
        }
        let number = try number(UInt32.self)
        guard let type = GGUFType.allCases.first(where: { $0.number == number }) else {
            let known = GGUFType.allCases.map(\.rawValue).joined(separator: ", ")
            throw refuse("tensor \(name) has ggml's type \(number); plad reads \(known)")
        }
        guard shape.last! % type.block.values == 0 else {
            throw refuse("tensor \(name): rows of \(shape.last!) values hold no whole blocks of \(type.rawValue)")
        }
        let offset = try self.number(UInt64.self)
        return (name, GGUFDocument.Tensor(shape: shape, type: type, bytes: 0..<type.bytes(count)), Int(clamping: offset))
    }
}
