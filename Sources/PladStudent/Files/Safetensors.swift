package import Foundation
import PladRecords

/// A safetensors file, mapped into memory; every number of its header is checked before it is used.
///
/// Layout: the header's length in 8 bytes, the header in JSON, then the tensors' bytes without gaps
/// (huggingface/safetensors, README, "Format").
package struct Safetensors {
    package struct Entry: Sendable, Equatable {
        /// Type as the header spells it: "F32", "I64", …
        package var type: String
        package var shape: [Int]
        /// Byte range within the file.
        package var bytes: Range<Int>
    }

    /// Path of the file, as errors name it.
    package let path: String
    package let data: Data
    package let entries: [String: Entry]
    /// The mapped file; nil if the bytes were passed in.
    private(set) var mapping: MappedFile?

    /// Largest size of a header in bytes, the reference implementation's limit.
    static let longestHeader = 100_000_000

    /// Maps the file and parses its header. Throws `StudentError.files` if it is missing or malformed, `.tensors` if an entry
    /// contradicts itself.
    package init(contentsOf file: URL) throws {
        let mapping = try MappedFile(file)
        try self.init(mapping.data, path: mapping.path)
        self.mapping = mapping
    }

    package init(_ data: Data, path: String) throws {
        self.path = path
        self.data = data
        if let reason = ForeignFormat.reason(data) { throw StudentError(.files, "\(path) \(reason)") }
        guard data.count >= 8 else {
            throw StudentError(.files, "\(path): \(data.count) bytes; a safetensors file has at least 8: fetch it again (`HubPull`)")
        }
        let length = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length <= Self.longestHeader, length <= data.count - 8 else {
            throw StudentError(
                .files,
                "\(path): the header claims \(length) bytes, the file has \(data.count - 8) after its first 8; it is damaged or cut off: fetch it again (`HubPull`)"
            )
        }
        let start = 8 + Int(length)
        let header: JSONValue
        do {
            header = try JSONValue(parsing: data.subdata(in: data.startIndex + 8..<data.startIndex + start))
        } catch let error as RecordError {
            throw StudentError(.files, "\(path): the header is \(error.message)")
        }
        guard case .object(let members) = header else { throw StudentError(.files, "\(path): the header is not a JSON object") }
        entries = try members.reduce(into: [:]) { entries, member in
            guard member.key != "__metadata__" else { return }
            entries[member.key] = try Self.entry(member.key, member.value, start: start, end: data.count, path: path)
        }
        try checkCoverage(from: start)
    }

    private static func entry(_ name: String, _ value: JSONValue, start: Int, end: Int, path: String) throws -> Entry {
        func refuse(_ problem: String) -> StudentError { StudentError(.tensors, "\(path): tensor \(name): \(problem)") }
        guard let type = value["dtype"]?.string else { throw refuse("\"dtype\" is not a string") }
        guard let size = sizes[type] else { throw refuse("\"dtype\" \(type) is not a type of safetensors") }
        guard let shape = value["shape"]?.array?.map(\.int), shape.allSatisfy({ $0.map { $0 >= 0 } ?? false }) else {
            throw refuse("\"shape\" is not a list of whole numbers")
        }
        guard let offsets = value["data_offsets"]?.array?.map(\.int), offsets.count == 2, let first = offsets[0], let last = offsets[1]
        else { throw refuse("\"data_offsets\" is not a pair of whole numbers") }
        guard first >= 0, first <= last, last <= end - start else {
            throw refuse(
                "bytes \(first) to \(last) of the \(end - start) that the file has; it is damaged or cut off: fetch it again (`HubPull`)")
        }
        var expected = size
        for dimension in shape {
            let (product, overflow) = expected.multipliedReportingOverflow(by: dimension!)
            guard !overflow else { throw refuse("the shape \(shape.map { $0! }) is too large") }
            expected = product
        }
        guard last - first == expected else {
            throw refuse("\(last - first) bytes for \(type) \(shape.map { $0! }), which takes \(expected)")
        }
        return Entry(type: type, shape: shape.map { $0! }, bytes: start + first..<start + last)
    }

    /// Checks that tensors follow one another without gap or overlap up to the file's end, as the reference implementation requires.
    private func checkCoverage(from start: Int) throws {
        let sorted = entries.sorted {
            ($0.value.bytes.lowerBound, $0.value.bytes.upperBound) < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound)
        }
        var end = start
        for (name, entry) in sorted {
            guard entry.bytes.lowerBound == end else {
                let how = entry.bytes.lowerBound < end ? "overlaps the tensor before it" : "leaves a gap before it"
                throw StudentError(
                    .tensors, "\(path): tensor \(name): starts at byte \(entry.bytes.lowerBound - start), not \(end - start): it \(how)")
            }
            end = entry.bytes.upperBound
        }
        guard end == data.count else {
            throw StudentError(.files, "\(path): \(data.count - end) bytes after the last tensor; the file is damaged")
        }
    }

    /// Bytes per number of each type in the format.
    private static let sizes = [
        "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1,
        "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
    ]
}
