import CCrypto
package import Foundation

/// A SHA-256 digest (FIPS 180-4), 32 bytes, written as 64 lower-case hexadecimal digits.
package struct Digest: Sendable, Hashable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// The digest of all the bytes.
    package init(of data: some ContiguousBytes) {
        bytes = data.withUnsafeBytes { input in
            var output = [UInt8](repeating: 0, count: 32)
            let ok = EVP_Digest(input.baseAddress, input.count, &output, nil, EVP_sha256(), nil)
            precondition(ok == 1, "EVP_Digest answered \(ok), not 1")
            return output
        }
    }

    /// The digest of several parts' bytes, concatenated.
    package init(ofParts parts: some Sequence<UnsafeRawBufferPointer>) {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: 32)
        var ok = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        for part in parts { ok = EVP_DigestUpdate(context, part.baseAddress, part.count) == 1 && ok }
        ok = EVP_DigestFinal_ex(context, &output, nil) == 1 && ok
        precondition(ok, "a digest of parts failed")
        bytes = output
    }

    package init(of text: String) {
        self.init(of: Data(text.utf8))
    }

    /// The digest of a file's bytes, which are mapped. Throws `RecordError.unreadable`.
    package init(contentsOf file: URL) throws {
        self.init(of: try Data(reading: file))
    }

    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension Digest {
    /// Makes a digest from its 32 bytes; nil for another number of bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Makes a digest from its 64 hexadecimal digits; nil for any other text.
    package init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        bytes = (0..<32).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) }
    }
}
