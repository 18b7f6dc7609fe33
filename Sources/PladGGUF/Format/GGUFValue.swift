import Foundation

/// A value of a GGUF file's metadata (ggml's `docs/gguf.md`, version 3).
package enum GGUFValue: Sendable, Equatable {
    case uint32(UInt32)
    case int32(Int32)
    case float32(Float)
    case bool(Bool)
    case string(String)
    case strings([String])
    case int32s([Int32])
    case float32s([Float])

    static func count(_ value: Int) -> Self { .uint32(UInt32(clamping: value)) }

    /// The type's number, and for a list the number of its elements' type.
    private var types: (own: UInt32, element: UInt32?) {
        switch self {
        case .uint32: (4, nil)
        case .int32: (5, nil)
        case .float32: (6, nil)
        case .bool: (7, nil)
        case .string: (8, nil)
        case .strings: (9, 8)
        case .int32s: (9, 5)
        case .float32s: (9, 6)
        }
    }

    /// Appends the type's number and the value, little-endian.
    func append(to data: inout Data) {
        let (own, element) = types
        data.append(little: own)
        if let element { data.append(little: element) }
        switch self {
        case .uint32(let value): data.append(little: value)
        case .int32(let value): data.append(little: value)
        case .float32(let value): data.append(little: value.bitPattern)
        case .bool(let value): data.append(value ? 1 : 0)
        case .string(let value): data.append(counted: value)
        case .strings(let values):
            data.append(little: UInt64(values.count))
            for value in values { data.append(counted: value) }
        case .int32s(let values):
            data.append(little: UInt64(values.count))
            for value in values { data.append(little: value) }
        case .float32s(let values):
            data.append(little: UInt64(values.count))
            for value in values { data.append(little: value.bitPattern) }
        }
    }
}

extension Data {
    mutating func append(little value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// Appends the number of bytes of a text, then its UTF-8.
    mutating func append(counted text: String) {
        append(little: UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}
