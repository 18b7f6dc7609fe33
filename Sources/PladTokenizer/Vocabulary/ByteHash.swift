/// A hash of a few bytes, for tables within one process.
enum ByteHash {
    /// Multiplies and folds eight bytes at a time (the mixing step of wyhash, Wang Yi 2019).
    @inline(__always)
    static func of(_ bytes: UnsafePointer<UInt8>, count: Int) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: count) ^ 0x9E37_79B9_7F4A_7C15
        var position = 0
        while position + 8 <= count {
            let word = UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self)
            hash = mix(hash ^ word)
            position += 8
        }
        var tail: UInt64 = 0
        while position < count {
            tail = tail << 8 | UInt64(bytes[position])
            position += 1
        }
        return mix(hash ^ tail)
    }

    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.high ^ product.low
    }

    /// A table size for this many entries: a power of two that leaves at least half of it free.
    static func tableSize(for count: Int) -> Int {
        var size = 16
        while size < count * 2 { size *= 2 }
        return size
    }
}
