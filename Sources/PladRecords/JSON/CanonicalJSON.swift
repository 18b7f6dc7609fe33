package import Foundation

extension JSONValue {
    /// The canonical text of this document, which equal documents share: keys sorted by their UTF-8 bytes, no white space, shortest
    /// escapes, integers without a fraction. Request keys are digests of it.
    package var canonical: String {
        var bytes: [UInt8] = []
        appendCanonical(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func appendCanonical(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): bytes.append(contentsOf: String(value).utf8)
        case .double(let value):
            // 1 and 1.0 are one number in JSON, so they are one spelling here.
            bytes.append(contentsOf: (Int64(exactly: value).map { String($0) } ?? "\(value)").utf8)
        case .string(let value): Self.appendQuoted(value, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.appendCanonical(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, (key, value)) in sorted.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.appendQuoted(key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                value.appendCanonical(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func appendQuoted(_ value: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { text in
            // Runs without an escape are appended whole: they are nearly everything.
            var run = 0
            for (index, byte) in text.enumerated() where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes.append(contentsOf: text[run..<index])
                bytes.append(contentsOf: escape(byte).utf8)
                run = index + 1
            }
            bytes.append(contentsOf: text[run...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\""): "\\\""
        case UInt8(ascii: "\\"): "\\\\"
        case UInt8(ascii: "\n"): "\\n"
        case UInt8(ascii: "\r"): "\\r"
        case UInt8(ascii: "\t"): "\\t"
        case 0x08: "\\b"
        case 0x0c: "\\f"
        default: "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
        }
    }
}

extension Encodable {
    /// The value as one line of JSON with sorted keys in snake case (`SnakeCase`), without a line end.
    ///
    /// - Parameter inSnakeCase: false to spell keys like properties, for digests in files of older versions.
    ///
    /// Throws if the value holds a number that JSON cannot represent (NaN, infinity).
    package func jsonLine(inSnakeCase: Bool = true) throws -> Data {
        let encoder = JSONEncoder.ofLines
        if !inSnakeCase { encoder.keyEncodingStrategy = .useDefaultKeys }
        return try encoder.encode(self)
    }
}
