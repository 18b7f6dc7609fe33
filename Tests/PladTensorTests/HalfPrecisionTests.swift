import PladTensor
import Testing

@Suite struct HalfPrecisionTests {
    private let all = (0...UInt16.max).map { $0 }

    /// What the hardware type says about every half-precision bit pattern.
    @Test func everyHalfSurvivesTheRoundTrip() {
        var wide = [Float](repeating: 0, count: all.count)
        var back = all
        widen(float16: all, into: &wide, count: all.count)
        narrow(toFloat16: wide, into: &back, count: all.count)
        for bits in all {
            let expected = reference(half: bits)
            let value = wide[Int(bits)]
            #expect(value == expected || value.isNaN && expected.isNaN)
            #expect(back[Int(bits)] == bits || value.isNaN)
        }
        widen(bfloat16: all, into: &wide, count: all.count)
        narrow(toBFloat16: wide, into: &back, count: all.count)
        for bits in all { #expect(back[Int(bits)] == bits || wide[Int(bits)].isNaN) }
    }

    @Test func narrowingRoundsToTheNearestEven() {
        let values: [Float] = [1 + 0x1p-8, 1 + 0x1.8p-7, 1 + 0x1.01p-8, 3.4e38, -.infinity, .nan]
        var narrowed = [UInt16](repeating: 0, count: values.count)
        narrow(toBFloat16: values, into: &narrowed, count: values.count)
        #expect(narrowed[..<5] == [0x3f80, 0x3f82, 0x3f81, 0x7f80, 0xff80] && narrowed[5] & 0x7fff > 0x7f80)
        let halves: [Float] = [1 + 0x1p-11, 1 + 0x1.8p-10, 65_519, 65_520, 0x1p-25, 0x1.8p-24, -.infinity, .nan]
        narrowed = [UInt16](repeating: 0, count: halves.count)
        narrow(toFloat16: halves, into: &narrowed, count: halves.count)
        #expect(narrowed[..<7] == [0x3c00, 0x3c02, 0x7bff, 0x7c00, 0, 2, 0xfc00] && narrowed[7] & 0x7fff > 0x7c00)
    }

    private func reference(half bits: UInt16) -> Float {
        let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
        let sign: Float = bits >> 15 == 1 ? -1 : 1
        if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
        if exponent == 0 { return sign * fraction * 0x1p-24 }
        return sign * (1 + fraction / 1024) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
    }
}
