import PladTensor

extension GGUFType {
    /// Widens values of this type to float32, exactly as ggml's reference does (`ggml-quants.c`, `dequantize_row_*`; gguf's
    /// `quants.dequantize` gives the same bits).
    ///
    /// - Parameter count: number of values, a multiple of the blocks'.
    package func decode(_ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, count: Int) {
        switch self {
        case .f32: UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: 4 * count)
        case .f16: widen(float16: source, into: target, count: count)
        case .bf16: widen(bfloat16: source, into: target, count: count)
        default:
            for number in 0..<count / block.values {
                decode(Block(bytes: source + number * block.bytes), into: target + number * block.values)
            }
        }
    }

    private func decode(_ block: Block, into target: UnsafeMutablePointer<Float>) {
        switch self {
        case .q40: block.small(into: target, levels: 2, high: nil, minimum: nil, offset: 8)
        case .q41: block.small(into: target, levels: 4, high: nil, minimum: 2, offset: 0)
        case .q50: block.small(into: target, levels: 6, high: 2, minimum: nil, offset: 16)
        case .q51: block.small(into: target, levels: 8, high: 4, minimum: 2, offset: 0)
        case .q80:
            let scale = block.half(0)
            for index in 0..<32 { target[index] = Float(Int8(bitPattern: block[2 + index])) * scale }
        case .q2k: block.q2k(into: target)
        case .q3k: block.q3k(into: target)
        case .q4k: block.q45k(into: target, levels: 16, high: nil)
        case .q5k: block.q45k(into: target, levels: 48, high: 16)
        case .q6k: block.q6k(into: target)
        case .f32, .f16, .bf16: preconditionFailure("\(rawValue) has no blocks")
        }
    }
}

/// The bytes of one block of quantized values.
private struct Block {
    let bytes: UnsafeRawPointer

    subscript(place: Int) -> UInt8 { bytes.load(fromByteOffset: place, as: UInt8.self) }

    /// The float16 at a byte.
    func half(_ place: Int) -> Float {
        var value: Float = 0
        widen(float16: bytes + place, into: &value, count: 1)
        return value
    }

    /// 32 values of four bits, or of five with their highest bits apart: scale · (level − offset), or scale · level + minimum.
    ///
    /// The places are those of bytes in the block. The low half of a byte is value i, the high half value i + 16.
    func small(into target: UnsafeMutablePointer<Float>, levels: Int, high: Int?, minimum: Int?, offset: Int) {
        let scale = half(0)
        let least = minimum.map(half)
        for index in 0..<32 {
            let byte = self[levels + index % 16]
            var level = Int(index < 16 ? byte & 15 : byte >> 4)
            if let high { level |= Int(self[high + index / 8] >> UInt8(index % 8) & 1) << 4 }
            let value = scale * Float(level - offset)
            target[index] = least.map { value + $0 } ?? value
        }
    }

    /// 256 values of two bits in groups of 16: scale · level − minimum, of four bits each.
    func q2k(into target: UnsafeMutablePointer<Float>) {
        let (scale, minimum) = (half(80), half(82))
        for index in 0..<256 {
            let factors = self[index / 16]
            let level = twoBits(16, index)
            target[index] = scale * Float(factors & 15) * Float(level) - minimum * Float(factors >> 4)
        }
    }

    /// 256 values of three bits in groups of 16 with signed scales of six bits; a value whose highest bit is 0 is four less.
    func q3k(into target: UnsafeMutablePointer<Float>) {
        let scale = half(108)
        for index in 0..<256 {
            let group = index / 16
            let low = group < 8 ? self[96 + group] & 15 : self[88 + group] >> 4
            let high = self[104 + group % 4] >> UInt8(group / 4 * 2) & 3
            let factor = scale * Float(Int(low | high << 4) - 32)
            let isHigh = self[index % 32] >> UInt8(index / 32) & 1 == 1
            target[index] = factor * Float(Int(twoBits(32, index)) - (isHigh ? 0 : 4))
        }
    }

    /// 256 values of four bits, or of five with their highest bits apart, in groups of 32: scale · level − minimum, of six bits each.
    func q45k(into target: UnsafeMutablePointer<Float>, levels: Int, high: Int?) {
        let (scale, minimum) = (half(0), half(2))
        for group in 0..<8 {
            let (a, b) = (self[4 + group % 4], self[8 + group % 4])
            let c = self[12 + group % 4]
            let (factor, least) =
                group < 4 ? (a & 63, b & 63) : (c & 15 | a >> 2 & 48, c >> 4 | b >> 2 & 48)
            let (own, subtracted) = (scale * Float(factor), minimum * Float(least))
            for index in 0..<32 {
                let byte = self[levels + group / 2 * 32 + index]
                var level = group % 2 == 0 ? byte & 15 : byte >> 4
                if let high { level |= (self[high + index] >> UInt8(group) & 1) << 4 }
                target[group * 32 + index] = own * Float(level) - subtracted
            }
        }
    }

    /// 256 values of six bits in groups of 16 with signed scales of eight bits: scale · (level − 32).
    func q6k(into target: UnsafeMutablePointer<Float>) {
        let scale = half(208)
        for index in 0..<256 {
            let (part, inPart) = (index / 128, index % 128)
            let byte = self[part * 64 + inPart % 64]
            let low = inPart < 64 ? byte & 15 : byte >> 4
            let high = self[128 + part * 32 + inPart % 32] >> UInt8(inPart / 32 * 2) & 3
            let factor = scale * Float(Int8(bitPattern: self[192 + index / 16]))
            target[index] = factor * Float(Int(low | high << 4) - 32)
        }
    }

    /// Two bits of a value among 256: 32 bytes hold 128 values, the first 32 in their lowest bits.
    private func twoBits(_ place: Int, _ index: Int) -> UInt8 {
        self[place + index / 128 * 32 + index % 32] >> UInt8(index % 128 / 32 * 2) & 3
    }
}
