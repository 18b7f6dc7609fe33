/// Converts bfloat16 (the upper half of a float32) to float32, exactly.
package func widen(bfloat16 source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count {
        let bits = UInt16(littleEndian: source.loadUnaligned(fromByteOffset: i &* 2, as: UInt16.self))
        target[i] = Float(bitPattern: UInt32(bits) << 16)
    }
}

/// Converts float32 to bfloat16, to the nearest, ties to even; NaN stays NaN.
package func narrow(toBFloat16 source: UnsafePointer<Float>, into target: UnsafeMutablePointer<UInt16>, count: Int) {
    for i in 0..<count {
        let bits = source[i].bitPattern
        let rounded = UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
        target[i] = (source[i].isNaN ? 0x7fc0 : rounded).littleEndian
    }
}

/// Converts IEEE half precision to float32, exactly.
package func widen(float16 source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count {
        let bits = UInt32(UInt16(littleEndian: source.loadUnaligned(fromByteOffset: i &* 2, as: UInt16.self)))
        let sign = (bits & 0x8000) << 16
        let magnitude = bits & 0x7fff
        let value: UInt32 =
            if magnitude >= 0x7c00 {
                0x7f80_0000 | (magnitude & 0x3ff) << 13
            } else if magnitude >= 0x400 {
                (magnitude << 13) + (112 << 23)
            } else {
                // A subnormal half is a whole number of 2^-24.
                (Float(magnitude) * 0x1p-24).bitPattern
            }
        target[i] = Float(bitPattern: sign | value)
    }
}

/// Converts float32 to IEEE half precision, to the nearest, ties to even. Above 65,504 it becomes infinity; NaN stays NaN.
package func narrow(toFloat16 source: UnsafePointer<Float>, into target: UnsafeMutablePointer<UInt16>, count: Int) {
    for i in 0..<count {
        let bits = source[i].bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16 & 0x8000)
        let magnitude = bits & 0x7fff_ffff
        let half: UInt16 =
            if magnitude > 0x7f80_0000 {
                0x7e00
            } else if magnitude >= 0x477f_f000 {
                0x7c00
            } else if magnitude >= 0x3880_0000 {
                UInt16(truncatingIfNeeded: (magnitude &+ 0xfff &+ (magnitude >> 13 & 1)) >> 13 &- (112 << 10))
            } else {
                UInt16((Float(bitPattern: magnitude) * 0x1p24).rounded(.toNearestOrEven))
            }
        target[i] = (sign | half).littleEndian
    }
}
