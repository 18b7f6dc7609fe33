import Foundation

/// Packs `width` rows (or columns) that lie `across` floats apart, each of `count` floats that lie `along` apart, in panels:
/// [panels, count, panel], zeros after the last row. One of the two distances is 1, `panel` is 12 or 32.
func pack(
    _ source: UnsafePointer<Float>, across: Int, along: Int, width: Int, panel: Int, count: Int, into target: UnsafeMutablePointer<Float>
) {
    for first in stride(from: 0, to: width, by: panel) {
        let (filled, source) = (min(panel, width &- first), source + first &* across)
        let target = target + first &* count
        if across == 1 {
            copyPanel(source, along: along, filled: filled, panel: panel, count: count, to: target)
        } else {
            transposePanel(source, across: across, filled: filled, panel: panel, count: count, to: target)
        }
    }
}

/// Each group of the panel lies together already.
@inline(__always)
private func copyPanel(
    _ source: UnsafePointer<Float>, along: Int, filled: Int, panel: Int, count: Int, to target: UnsafeMutablePointer<Float>
) {
    for l in 0..<count {
        let (source, target) = (source + l &* along, target + l &* panel)
        if filled == 32 {
            store(load(source), to: target)
            store(load(source + 16), to: target + 16)
        } else if filled == 12 && panel == 12 {
            copyTwelve(source, to: target)
        } else {
            for i in 0..<panel { target[i] = i < filled ? source[i] : 0 }
        }
    }
}

@inline(__always)
private func copyTwelve(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    let (source, target) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
    target.storeBytes(of: source.loadUnaligned(as: SIMD8<Float>.self), as: SIMD8<Float>.self)
    target.storeBytes(of: source.loadUnaligned(fromByteOffset: 32, as: SIMD4<Float>.self), toByteOffset: 32, as: SIMD4<Float>.self)
}

/// Each row of the panel lies together; rows become columns, sixteen floats at a time.
@inline(__always)
private func transposePanel(
    _ source: UnsafePointer<Float>, across: Int, filled: Int, panel: Int, count: Int, to target: UnsafeMutablePointer<Float>
) {
    var l = 0
    // Whole vectors are stored: what they write beyond a panel of twelve the next ones put right, so the last go one by one.
    while l &+ 16 < count {
        var i = 0
        while i < panel {
            transpose16(
                source + (i &* across &+ l), stride: across, rows: filled &- i, to: target + (l &* panel &+ i), step: panel)
            i &+= 16
        }
        l &+= 16
    }
    while l < count {
        for i in 0..<panel { target[l &* panel &+ i] = i < filled ? source[i &* across &+ l] : 0 }
        l &+= 1
    }
}

/// A thread's memory for packed blocks; it lives as long as the thread.
final class PackingMemory {
    /// A panel of 12 rows of this depth takes about half of a first-level cache of 48 KiB.
    static let depth = 576
    static let rows = 768
    /// With the greatest depth about half of a second-level cache of 1 MiB.
    static let columns = 256

    private let memory = AlignedBuffer(count: (rows + columns) * depth + 12 * 32)
    var a: UnsafeMutablePointer<Float> { memory.pointer }
    var b: UnsafeMutablePointer<Float> { memory.pointer + Self.rows * Self.depth }
    var tile: UnsafeMutablePointer<Float> { memory.pointer + (Self.rows + Self.columns) * Self.depth }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let code = pthread_key_create(&key) { memory in Unmanaged<PackingMemory>.fromOpaque(memory!).release() }
        precondition(code == 0, "pthread_key_create answered \(code)")
        return key
    }()

    static var ofThread: PackingMemory {
        if let memory = pthread_getspecific(key) { return Unmanaged<PackingMemory>.fromOpaque(memory).takeUnretainedValue() }
        let memory = PackingMemory()
        pthread_setspecific(key, Unmanaged.passRetained(memory).toOpaque())
        return memory
    }
}
