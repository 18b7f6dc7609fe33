import Foundation
import PladRecords
import PladStudent
import PladTestSupport
import Testing

/// Damaged safetensors files are refused, or all that their header promises lies inside the file.
struct FuzzSafetensorsTests {
    private static let header: JSONValue = [
        "__metadata__": ["format": "pt"],
        "model.embed_tokens.weight": ["dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]],
        "model.norm.weight": ["dtype": "BF16", "shape": [3], "data_offsets": [48, 54]],
        "scalar": ["dtype": "I64", "shape": [], "data_offsets": [54, 62]],
        "nothing": ["dtype": "U8", "shape": [0, 7], "data_offsets": [62, 62]],
    ]
    private static let body = [UInt8](repeating: 7, count: 62)

    private static func file(_ header: [UInt8]) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: header.count >> ($0 * 8)) } + header + body
    }

    private func check(_ bytes: [UInt8]) throws {
        let file = try Safetensors(Data(bytes), path: "model.safetensors")
        var taken = 0
        for (name, entry) in file.entries {
            #expect(entry.bytes.lowerBound >= 8 && entry.bytes.upperBound <= bytes.count, "\(name)")
            // What the bytes hold is theirs to say; that they can be read is ours.
            taken += file.data[entry.bytes].reduce(0) { count, _ in count + 1 }
            if ["F32", "I32", "U32"].contains(entry.type) { #expect(entry.bytes.count == entry.shape.reduce(4, *), "\(name)") }
        }
        #expect(taken <= bytes.count - 8)
    }

    @Test func theUndamagedFileIsRead() throws {
        try check(Self.file(Array(Self.header.canonical.utf8)))
        #expect(try Safetensors(Data(Self.file(Array(Self.header.canonical.utf8))), path: "x").entries.count == 4)
    }

    @Test func damagedFilesAreRefusedOrRead() throws {
        try Fuzzing(name: "safetensors", share: 0.15).run([Self.file(Array(Self.header.canonical.utf8))]) { bytes, _ in try check(bytes) }
    }

    /// Headers of the right length around damaged values, which get further than damaged bytes do.
    @Test func damagedHeadersAreRefusedOrRead() throws {
        try Fuzzing(name: "safetensors headers", share: 0.15).run([Array(Self.header.canonical.utf8)], isJSON: true) { bytes, _ in
            try check(Self.file(bytes))
        }
    }

    /// A view into other bytes must be read from its own first byte.
    @Test func aSliceOfDataIsReadLikeAWholeOne() throws {
        let bytes = Self.file(Array(Self.header.canonical.utf8))
        let slice = (Data([1, 2, 3]) + Data(bytes)).dropFirst(3)
        #expect(try Safetensors(slice, path: "x").entries == Safetensors(Data(bytes), path: "x").entries)
    }
}
