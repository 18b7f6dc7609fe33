import CKernels

/// The sum of the squares of all values, in float64: the square of a gradient's L2 norm. NaN and infinity pass through.
///
/// The result is the same for any number of threads: blocks of fixed size are summed one after the other.
package func sumOfSquares(_ buffer: AlignedBuffer, workers: Workers) -> Double {
    let block = 1 << 16
    let blocks = (buffer.count + block - 1) / block
    let partial = UnsafeMutablePointer<Double>.allocate(capacity: max(blocks, 1))
    defer { partial.deallocate() }
    workers.run(blocks) { part in
        let start = part * block
        partial[part] = sumOfSquares(buffer.pointer + start, count: min(block, buffer.count - start))
    }
    return (0..<blocks).reduce(0) { $0 + partial[$1] }
}

/// The sum of the squares of `count` values; runs of 1,024 are summed in float32, their sums in float64.
package func sumOfSquares(_ values: UnsafePointer<Float>, count: Int) -> Double {
    kernels.sum_of_squares(values, count)
}

/// Sets all values to zero.
package func clear(_ buffer: AlignedBuffer, workers: Workers) {
    workers.split(buffer.count, grain: 1 << 16) { range, _ in
        (buffer.pointer + range.lowerBound).update(repeating: 0, count: range.count)
    }
}

/// Computes target += Σ over parts of `parts[p·stride ..< p·stride + count]`, in the order of the parts.
package func addParts(
    _ parts: UnsafePointer<Float>, stride: Int, parts count: Int, to target: UnsafeMutablePointer<Float>, range: Range<Int>
) {
    let first = range.lowerBound
    kernels.add_parts(parts + first, stride, count, target + first, range.count)
}
