package import Foundation

/// A gzip member (RFC 1952) whose data is stored rather than compressed (RFC 1951 §3.2.4), to test clients without a compressor.
package enum StoredGzip {
    package static func encode(_ data: Data) -> Data {
        var output = Data([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
        var rest = data[...]
        repeat {
            let block = rest.prefix(0xffff)
            rest = rest.dropFirst(block.count)
            output.append(rest.isEmpty ? 1 : 0)
            append(UInt16(block.count), to: &output)
            append(~UInt16(block.count), to: &output)
            output.append(block)
        } while !rest.isEmpty
        append(checksum(data), to: &output)
        append(UInt32(truncatingIfNeeded: data.count), to: &output)
        return output
    }

    /// The CRC-32 of RFC 1952 §8, bit by bit.
    private static func checksum(_ data: Data) -> UInt32 {
        let polynomial: UInt32 = 0xedb8_8320
        var register = UInt32.max
        for byte in data {
            register ^= UInt32(byte)
            for _ in 0..<8 { register = (register >> 1) ^ (register & 1 == 0 ? 0 : polynomial) }
        }
        return ~register
    }

    private static func append(_ number: some FixedWidthInteger, to data: inout Data) {
        withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
    }
}
